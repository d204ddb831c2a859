/** Keeps keys that may log in to an account. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Plan, Target } from '../core/plan.ts'
import { groups, users } from '../probes/users.ts'
import { content } from '../probes/content.ts'
import { page } from '../probes/page.ts'
import { stat } from '../probes/stat.ts'
import { splitKeys, type Key, merge } from './config/keys.ts'
import { chain, planText } from './config/text.ts'
import { sh } from '../core/sh.ts'

/** The text of `key`: itself, what is at its address, or a file of the host. */
async function textOf(given: string, validateCerts: boolean, target: Target): Promise<string> {
  if (/^https?:\/\//.test(given)) {
    const answer = await target.read(page, { url: given, timeoutSeconds: 10, agent: 'ansible-httpget', headers: {}, useProxy: true, validateCerts, forceBasic: false, decompress: true, useNetrc: true, ciphers: [], follow: true })
    if ('why' in answer || answer.response.status !== 200) throw new Failure(`Error getting key from: ${given}${'why' in answer ? `: ${answer.why}` : `: the answer was ${answer.response.status}`}`)
    return answer.text
  }
  if (!given.startsWith('file:')) return given
  const path = given.replace(/^file:(?:\/\/[^/]*)?/, ''), file = await target.read(content, { path })
  if (file.kind !== 'file') throw new Failure(file.kind === 'absent' ? `Path to a key file not found: ${path}` : `Failed to read key file ${path}`)
  return new TextDecoder().decode(file.bytes)
}

export default defineModule({
  name: 'authorized_key',
  doc: 'Keeps keys that may log in to an account.',
  args: {
    user: { type: 'str', required: true, doc: 'The account.' },
    key: { type: 'str', required: true, doc: 'The keys, one a line; or where they are: an address (https://…) or a file of the host (file:///…).' },
    path: { type: 'path', doc: 'The file; default is .ssh/authorized_keys in the home.' },
    key_options: { type: 'str', doc: 'Options in front of each key.' },
    comment: { type: 'str', doc: 'Comment in place of the key’s own.' },
    exclusive: { type: 'bool', default: false, doc: 'Removes all other keys.' },
    manage_dir: { type: 'bool', default: true, doc: 'Makes the folder, with its owner and permissions.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether the keys are there.' },
    follow: { type: 'bool', default: false, doc: 'Writes through a link.' },
    validate_certs: { type: 'bool', default: true, doc: 'Refuse certificates that cannot be checked, of an address.' },
  },
  async plan(args, target): Promise<Plan> {
    const entries = splitKeys(await textOf(args.key, args.validate_certs, target), args.key_options, args.comment)
    const wanted = entries.map((one): Key => {
      if ('key' in one) return one
      throw new Failure(`invalid key specified: ${one.line}`)
    })
    // The home is usually where it is expected: with that guess the file is read in the same trip.
    const guess = args.path ?? (args.user === 'root' ? '/root/.ssh/authorized_keys' : `/home/${args.user}/.ssh/authorized_keys`)
    const guessed = guess.slice(0, guess.lastIndexOf('/'))
    const [account] = await Promise.all([target.read(users, args.user), target.read(stat, guess), target.read(content, { path: guess }), target.read(stat, guessed)])
    if (account === undefined) throw new Failure(`Failed to lookup user ${args.user}: "getpwnam(): name not found: '${args.user}'"`)
    const path = args.path ?? `${account.home}/.ssh/authorized_keys`, folder = path.slice(0, path.lastIndexOf('/'))
    const [place, primary] = await Promise.all([target.read(stat, folder), target.read(groups, String(account.gid))])
    const owner = String(account.uid), group = String(account.gid)
    const plans: Plan[] = []
    const makes = args.manage_dir && args.state === 'present' && place.type === 'absent'
    const file = await planText(target, path, (text) => {
      const next = merge(text ?? '', wanted, args.state, args.exclusive)
      return next === (text ?? '') ? text : next
    }, { owner, group, ...(args.manage_dir && args.path === undefined ? { mode: '0600' } : {}), makeParents: makes })
    if (file.changes.length === 0) return { ...file, data: { user: args.user, key: args.key, state: args.state, keyfile: path, exclusive: args.exclusive } }
    if (makes) {
      plans.push({
        changes: [], steps: [sh`chown ${`${owner}:${group}`} -- ${folder} && chmod 0700 -- ${folder}`],
        after: [{ probe: stat.name, id: stat.id(folder), value: { type: 'directory', mode: '0700', uid: account.uid, gid: account.gid, owner: account.name, group: primary?.name, size: 4096, readable: true, writable: true, executable: true } }],
      })
    } else if (place.type === 'absent') throw new Failure(`the folder ${folder} is not there, and manage_dir is false`)
    return chain([file, ...plans], { user: args.user, key: args.key, state: args.state, keyfile: path, exclusive: args.exclusive })
  },
})
