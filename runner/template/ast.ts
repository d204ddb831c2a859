/** What the parser makes of Jinja: expressions and statements, each with the offset it starts at. */

export interface Args { readonly args: readonly Expr[]; readonly kwargs: readonly { readonly name: string; readonly value: Expr }[]; readonly rest?: Expr; readonly options?: Expr }
export type Expr = { readonly at: number } & (
  | { readonly kind: 'const'; readonly value: unknown }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expr[] }
  | { readonly kind: 'concat'; readonly items: readonly Expr[] }
  | { readonly kind: 'dict'; readonly pairs: readonly { readonly key: Expr; readonly value: Expr }[] }
  | { readonly kind: 'attr'; readonly of: Expr; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expr; readonly key: Expr }
  | { readonly kind: 'slice'; readonly of: Expr; readonly start: Expr | undefined; readonly stop: Expr | undefined; readonly step: Expr | undefined }
  | { readonly kind: 'call'; readonly of: Expr; readonly args: Args }
  /** `of` is missing for the filter of a filter block. */
  | { readonly kind: 'filter'; readonly of: Expr | undefined; readonly name: string; readonly args: Args }
  | { readonly kind: 'test'; readonly of: Expr; readonly name: string; readonly args: Args }
  | { readonly kind: 'not' | 'neg' | 'pos'; readonly of: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'binary'; readonly op: '+' | '-' | '*' | '/' | '//' | '%' | '**'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'compare'; readonly first: Expr; readonly rest: readonly { readonly op: CompareOp; readonly right: Expr; readonly at: number }[] }
  | { readonly kind: 'if'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr | undefined }
)
export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

/** What `set`, `for` and `with` assign to. */
export type Target =
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'names'; readonly targets: readonly Target[]; readonly at: number }
  | { readonly kind: 'attr'; readonly name: string; readonly attr: string; readonly at: number }

export interface Macro { readonly name: string; readonly params: readonly { readonly name: string; readonly fallback: Expr | undefined }[]; readonly body: Stmt; readonly at: number
  readonly usesCaller: boolean; readonly usesVarargs: boolean; readonly usesKwargs: boolean }
export type Stmt = readonly Node[]
export type Node = { readonly at: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly expr: Expr }
  | { readonly kind: 'if'; readonly branches: readonly { readonly test: Expr; readonly body: Stmt }[]; readonly otherwise: Stmt }
  | { readonly kind: 'for'; readonly target: Target; readonly over: Expr; readonly filter: Expr | undefined; readonly isRecursive: boolean; readonly body: Stmt; readonly otherwise: Stmt }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expr }
  | { readonly kind: 'setblock'; readonly target: Target; readonly filter: Expr | undefined; readonly body: Stmt }
  | { readonly kind: 'with'; readonly pairs: readonly { readonly target: Target; readonly value: Expr }[]; readonly body: Stmt }
  | { readonly kind: 'macro'; readonly macro: Macro }
  | { readonly kind: 'callblock'; readonly call: Expr; readonly macro: Macro }
  | { readonly kind: 'filterblock'; readonly filter: Expr; readonly body: Stmt }
  | { readonly kind: 'do'; readonly expr: Expr }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'scope'; readonly body: Stmt }
  | { readonly kind: 'block'; readonly name: string; readonly body: Stmt; readonly isScoped: boolean; readonly isRequired: boolean }
  | { readonly kind: 'extends'; readonly name: Expr }
  | { readonly kind: 'include'; readonly name: Expr; readonly ignoreMissing: boolean; readonly withContext: boolean }
  | { readonly kind: 'import'; readonly name: Expr; readonly target: string; readonly withContext: boolean }
  | { readonly kind: 'from'; readonly name: Expr; readonly names: readonly { readonly name: string; readonly as: string }[]; readonly withContext: boolean }
)
