/** Errors of template: code to message and the next thing to do. */

type Near = { readonly near?: string | undefined }
const meant = ({ near }: Near, otherwise?: string): { readonly hint?: string } =>
  near !== undefined ? { hint: `did you mean '${near}'?` } : otherwise === undefined ? {} : { hint: otherwise }

export const templateErrors = {
  /** `message` names what is missing: `'x' is undefined`, `'dict object' has no attribute 'y'`. */
  'undefined': (data: { readonly message: string } & Near) => ({
    message: data.message,
    ...meant(data, 'give it a value, or a fallback with the filter default()'),
  }),
  /** What Python would raise: kind is TypeError, ValueError, KeyError, ZeroDivisionError … */
  'template-operation': (data: { readonly kind: string; readonly message: string }) => ({ message: `${data.kind}: ${data.message}` }),
  'template-syntax': (data: { readonly message: string; readonly hint?: string }) => ({
    message: `template error: ${data.message}`, ...(data.hint === undefined ? {} : { hint: data.hint }),
  }),
  'unknown-filter': (data: { readonly name: string } & Near) => ({ message: `no filter named '${data.name}'`, ...meant(data) }),
  'unknown-test': (data: { readonly name: string } & Near) => ({ message: `no test named '${data.name}'`, ...meant(data) }),
  'unknown-lookup': (data: { readonly name: string } & Near) => ({ message: `no lookup named '${data.name}' (lookup plugin not found)`, ...meant(data) }),
  'template-cycle': (data: { readonly path: readonly string[] }) => ({
    message: `recursive loop detected in template: ${data.path.join(' -> ')}`,
    hint: 'a variable cannot be made from itself; give one of these another name',
  }),
  'template-not-found': (data: { readonly name: string; readonly searched: readonly string[] }) => ({
    message: `template '${data.name}' not found`, hint: `looked in: ${data.searched.join(', ') || 'nowhere: there is no folder to look in'}`,
  }),
  /** A filter, test, lookup or function that was called wrongly, or that could not do what it was asked. */
  'call-failed': (data: { readonly kind: string; readonly name: string; readonly problem: string; readonly hint?: string | undefined }) => ({
    message: `${data.kind} '${data.name}': ${data.problem}`, ...(data.hint === undefined ? {} : { hint: data.hint }),
  }),
  'lookup-failed': (data: { readonly name: string; readonly message: string }) => ({ message: `lookup '${data.name}' failed: ${data.message}` }),
  'ejs-syntax': (data: { readonly message: string }) => ({ message: `EJS template error: ${data.message}` }),
  'ejs-failed': (data: { readonly message: string }) => ({ message: `EJS template failed: ${data.message}` }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
