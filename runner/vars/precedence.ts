/** The order of variable precedence, in one list. Ansible: the 22 levels of its documentation, in the order of vars/manager.py. */
import type { Frame } from '../core/types.ts'

/** Where variables come from, lowest first. What one list names twice in Ansible's documentation is one place here. */
export const levels = [
  // 1: options of the command line (`-u`) are defaults of connection variables; execute/ applies them where no variable says otherwise.
  { piece: 'roleDefaults', what: 'defaults of roles', documented: [2] },
  // Group and host levels are ordered by the inventory (inventory/load.ts).
  { piece: 'inventory', what: 'inventory, group_vars, host_vars', documented: [3, 4, 5, 6, 7, 8, 9, 10] },
  { piece: 'facts', what: 'facts of the host', documented: [11] },
  { piece: 'playVars', what: 'vars and vars_prompt of the play', documented: [12, 13] },
  { piece: 'playVarsFiles', what: 'vars_files of the play', documented: [14] },
  { piece: 'roleVars', what: 'vars of roles', documented: [15] },
  { piece: 'blockVars', what: 'vars of blocks', documented: [16] },
  { piece: 'taskVars', what: 'vars of the task', documented: [17] },
  { piece: 'includeVars', what: 'include_vars', documented: [18] },
  { piece: 'setFacts', what: 'set_fact and registered results', documented: [19] },
  { piece: 'roleParams', what: 'parameters of the role', documented: [20] },
  { piece: 'includeParams', what: 'parameters of include_tasks, include_role', documented: [21] },
  { piece: 'extra', what: 'extra variables (-e)', documented: [22] },
  // Names that Ansible sets itself win over everything, also over -e.
  { piece: 'magic', what: 'magic variables', documented: [] },
] as const

export interface Pieces {
  /** The play's roles in order, then those of the role that the task belongs to (its parents first). */
  readonly roleDefaults: readonly Frame[]
  readonly inventory: readonly Frame[]
  readonly facts?: Frame
  readonly playVars: readonly Frame[]
  readonly playVarsFiles: readonly Frame[]
  readonly roleVars: readonly Frame[]
  readonly blockVars: readonly Frame[]
  readonly taskVars: readonly Frame[]
  readonly includeVars: readonly Frame[]
  /** set_fact and registered results, in the order in which they were set: the later one wins. */
  readonly setFacts: readonly Frame[]
  readonly roleParams: readonly Frame[]
  readonly includeParams: readonly Frame[]
  readonly extra: readonly Frame[]
  readonly magic: readonly Frame[]
}

/** All frames, lowest precedence first. */
export function assemble(pieces: Pieces): readonly Frame[] {
  const frames: Frame[] = []
  for (const { piece } of levels) {
    const found = pieces[piece]
    if (found === undefined) continue
    if ('vars' in found) frames.push(found)
    else for (const frame of found) frames.push(frame)
  }
  return frames
}
