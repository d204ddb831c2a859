/** Plain data and the model of playbooks: what playbook/ builds and execute/ reads. Nothing here has behaviour; values of the language are in value.ts. */
import type { Custom } from './custom.ts'
import type { Template } from './value.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Named values: results, facts, variables. Values may be anything that value.ts lists. */
export type Data = { [key: string]: unknown }

/** A place in a file; line and column count from 1. */
export interface Loc { readonly file: string; readonly line: number; readonly column: number }


/** Keywords by canonical name, as written (templates not yet rendered), own and inherited ones already merged by the loader. */
export type Keywords = Readonly<Record<string, unknown>>

/** A named set of variables. `name` says where they come from, for error messages and `explain`. */
export interface Computed { get(name: string): unknown; names(): Iterable<string> }
export interface Frame {
  readonly name: string
  readonly vars: Readonly<Data>
  /** Variables worked out when they are asked for, beside `vars`; undefined where there is none of that name. */
  readonly computed?: Computed
  /** Variables that a dynamic include gives to what it includes: above set facts and registered results. */
  readonly isInclude?: true
}

export interface Role {
  /** With its collection in front, if it is of one. */
  readonly name: string
  /** `namespace.name` of the collection that it is of. */
  readonly collection?: string
  /** Absolute path of the role's folder. */
  readonly path: string
  /** defaults/main and whatever `defaults_from` named. */
  readonly defaults: Frame
  /** vars/main. */
  readonly vars: Frame
  /** Parameters given where the role is used (`vars:` and unknown keys of the `roles:` entry). */
  readonly params: Frame
  /** Roles that brought this one in by `dependencies`, nearest last; their defaults and vars are visible too. */
  readonly parents: readonly Role[]
  /** Roles whose tasks included or imported this one, nearest last; a dependency has those of the role that depends on it. */
  readonly includedBy: readonly Role[]
  readonly isDependency: boolean
  /** Its variables are seen by its own tasks only. */
  readonly isPrivate?: true
  readonly allowDuplicates: boolean
  /** Equal for uses of a role that count as the same for the once-only rule: path, parameters, conditions, tags, files. */
  readonly key?: string
  readonly loc: Loc
}

export interface Task {
  readonly kind: 'task'
  /** Unique within the run; also in events. */
  readonly id: number
  readonly name?: unknown
  /** Short name of a module or action that exists: `copy`, `include_tasks`, `meta`; the full name of one of the user's own: `ansible.legacy.x`. */
  readonly module: string
  /** The module's name where only the run can know it (`action: "{{ pkg_mgr }} name=x"`); `module` is empty then. */
  readonly moduleTemplate?: Template
  /** The user's own file that `module` means. */
  readonly custom?: Custom
  /** The module's name as written, for the banner of tasks without a name. */
  readonly action?: string
  /** What is wrong with it, where its failure is foreseen (ignore_errors, a rescue): it fails with that. */
  readonly wrong?: Error
  /** Why it can have no such arguments: told where they are needed, not where a condition or tags leave it out. */
  readonly wrongArgs?: Error
  /** Made by the engine: `--start-at-task` does not leave it out. */
  readonly implicit?: true
  /**
   * The mapping as written; free-form text is under `_raw_params`. A Template that gives the mapping where all arguments come from one;
   * `_variable_params` is such a Template, or a list of them, beside other arguments, which win over it.
   */
  readonly args: unknown
  readonly kw: Keywords
  /** `vars:` of the enclosing blocks, outermost first, then the task's own. */
  readonly vars: readonly Frame[]
  readonly role?: Role
  /** Folders where relative `src`, `file` are looked for, nearest first (Ansible: role, dir of the task file, playbook dir). */
  readonly search: readonly string[]
  readonly isHandler: boolean
  readonly loc: Loc
}
export interface Block {
  readonly kind: 'block'
  readonly body: readonly Node[]; readonly rescue: readonly Node[]; readonly always: readonly Node[]
  readonly kw: Keywords; readonly role?: Role; readonly name?: unknown; readonly loc: Loc
}
/** A role's tasks: a bracket so that `role_complete`, once-only rules and `end_role` have a place. */
export interface RoleNode {
  readonly kind: 'role'; readonly role: Role; readonly body: readonly Node[]; readonly kw: Keywords; readonly loc: Loc
  /** The role's own handlers (without those of its dependencies). Those of roles known at load time are in the play's too. */
  readonly handlers?: readonly Node[]
}
export type Node = Task | Block | RoleNode

export interface Play {
  /** Its name, or else its hosts. */
  readonly name: unknown; readonly hosts: unknown
  readonly isNamed?: true
  /** pre_tasks, roles, tasks, post_tasks in the order in which they run; handlers are flushed after each. */
  readonly sections: readonly { readonly kind: 'pre_tasks' | 'roles' | 'tasks' | 'post_tasks'; readonly nodes: readonly Node[] }[]
  readonly handlers: readonly Node[]
  readonly kw: Keywords
  /** `vars:`, then each of `vars_prompt`'s answers; vars_files stay in kw, they are templated per host. */
  readonly vars: readonly Frame[]
  readonly roles: readonly Role[]
  /** Folder of the playbook file (`playbook_dir`). */
  readonly dir: string
  readonly loc: Loc
}
export interface Playbook { readonly file: string; readonly plays: readonly Play[] }
