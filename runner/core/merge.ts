/** Dicts of variables laid over each other, as the setting `hash_behaviour = merge` does it. Ansible: utils/vars.py (merge_hash). */
import type { Data, Frame } from './types.ts'
import { dictEntries, isDict, makeDict } from './value.ts'
import type { Dict } from './value.ts'

/** Dicts in both are merged, however deep; any other value of `high` takes the place of that of `low`. */
export function mergeDicts(low: Dict, high: Dict): Dict {
  const merged = new Map(dictEntries(low))
  for (const [key, value] of dictEntries(high)) merged.set(key, mergeValues(merged.get(key), value))
  return makeDict(merged)
}
export const mergeValues = (low: unknown, high: unknown): unknown => isDict(low) && isDict(high) ? mergeDicts(low, high) : high

/** The variables of frames from low to high. */
export function mergeVars(frames: readonly Pick<Frame, 'vars'>[], mergesHashes = false): Data {
  const all: Data = {}
  for (const { vars } of frames) for (const [name, value] of Object.entries(vars)) all[name] = mergesHashes ? mergeValues(all[name], value) : value
  return all
}
