/** Which tasks `--tags` and `--skip-tags` select. Ansible: playbook/taggable.py. */

/** `only` empty counts as `all`. */
export function selected(tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  return isWanted(tags, only.length === 0 ? ['all'] : only) && !isSkipped(tags, skip)
}

const meet = (tags: readonly string[], others: readonly string[]): boolean => (tags.length === 0 ? ['untagged'] : tags).some((tag) => others.includes(tag))

function isWanted(tags: readonly string[], only: readonly string[]): boolean {
  if (tags.includes('always') || meet(tags, only)) return true
  if (tags.includes('never')) return false
  return only.includes('all') || (only.includes('tagged') && tags.length > 0 && !(tags.length === 1 && tags[0] === 'untagged'))
}

function isSkipped(tags: readonly string[], skip: readonly string[]): boolean {
  if (skip.includes('all')) return !tags.includes('always') || skip.includes('always')
  return meet(tags, skip) || (skip.includes('tagged') && tags.length > 0)
}
