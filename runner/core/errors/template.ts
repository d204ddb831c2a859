/** Errors of template: code to message and the next thing to do. */

type Near = { readonly near?: string | undefined }
const meant = ({ near }: Near, otherwise?: string): { readonly hint?: string } =>
  near !== undefined ? { hint: `did you mean '${near}'?` } : otherwise === undefined ? {} : { hint: otherwise }

const hinted = (hint: string | undefined): { readonly hint?: string } => hint === undefined ? {} : { hint }
const first = (text: string, known: readonly (readonly [RegExp, string])[]): string | undefined => known.find(([pattern]) => pattern.test(text))?.[1]

/** Where something that is missing usually comes from. */
const whereFrom = (message: string): string => first(message, [
  [/^'item' is undefined/, "'item' is the variable of a loop: write loop: beside the module, at the same indentation"],
  [/^'(upper|lower|title|trim|length|join|replace|split|default|int|float|string|list|sort|unique|first|last|sum|min|max|round|abs|map|select|reject|to_json|to_yaml|basename|dirname)' is undefined/, 'filters stand behind their value: {{ value | filter }}'],
  [/^'(len|str|sorted|bool|print)' is undefined/, 'there are no functions of Python here, but filters: {{ value | length }}, {{ value | string }}'],
  [/^'ansible_\w+' is undefined|object' has no attribute '(distribution|os_family|hostname|default_ipv4|architecture)/, 'facts of a host are there after they were gathered: gather_facts: true in the play, or a task with setup:'],
  [/has no attribute '(stdout|stderr|rc|stdout_lines|stderr_lines|results|stat|content|json|status)'/, "a task that was skipped or failed has no such result: ask first, for example `when: answer is not skipped`; those of a loop are in the list answer.results"],
  [/has no attribute '(iteritems|iterkeys|itervalues|has_key)'/, "that is a method of Python 2, which older roles still have: write items(), keys() or values(), and `key in mapping` for has_key"],
  [/has no attribute/, 'look at what is there with debug: var=…, or give a fallback with the filter default()'],
]) ?? 'give it a value, or a fallback with the filter default()'

const operationHint = (message: string): string | undefined => first(message, [
  [/can only concatenate str|unsupported operand type\(s\) for [+-].*str|must be str, not/, 'one is text and the other is not: make a number of the text with | int, or join texts with ~'],
  [/not supported between instances of/, 'text and numbers cannot be compared: make a number of the text with | int'],
  [/requires a dictionary|requires a dict/, 'give it a mapping ("key: value" lines); for a list of pairs there is items2dict'],
  [/division by zero|modulo by zero|ZeroDivision/, 'test the divisor first, for example {{ a / b if b else 0 }}'],
  [/not iterable/, 'a list, a mapping or a text is due here; a single value becomes a list in brackets: [value]'],
])
function syntaxHint(message: string): string | undefined {
  const open = /'(\w+)' is never closed, expected '(\w+)'/.exec(message)
  if (open !== null) return `add {% ${open[2] ?? ''} %} where the ${open[1] ?? ''} ends`
  return first(message, [
    [/unexpected '\}'/, 'an expression ends with two braces: }}'],
    [/^expected an expression/, 'a name, a number or a text in quotes is missing before this place'],
    [/^expected the end/, 'two values follow each other: an operator, a filter sign | or a comma is missing between them, or quotes around a text'],
    [/unexpected end of template/, 'something that was opened is not closed: }}, %}, #}, a bracket, a quote or an {% end… %}'],
  ])
}

/** `file`: where it is written, in Python. */
interface Absent extends Near { readonly name: string; readonly file?: string | undefined }
const meantOrPython = (data: Absent, what: string): { readonly hint?: string } => data.file === undefined ? meant(data)
  : { hint: `${data.file} has it, but ${what} written in Python are not loaded: say it with what is built in, or in a macro or an EJS template` }

export const templateErrors = {
  /** `message` names what is missing: `'x' is undefined`, `'dict object' has no attribute 'y'`. */
  'undefined': (data: { readonly message: string } & Near) => ({
    message: data.message,
    ...meant(data, whereFrom(data.message)),
  }),
  /** What Python would raise: kind is TypeError, ValueError, KeyError, ZeroDivisionError … */
  'template-operation': (data: { readonly kind: string; readonly message: string }) => ({ message: data.kind === 'ZeroDivisionError' ? data.message : `${data.kind}: ${data.message}`, ...hinted(operationHint(data.message)) }),
  'dict-key-in-place': (data: { readonly key: string }) => ({
    message: `this dict has text keys only and cannot take the key ${data.key} in place`,
    hint: 'make a new one with combine(), or begin with {}',
  }),
  'template-syntax': (data: { readonly message: string; readonly hint?: string }) => ({
    message: `template error: ${data.message}`, ...hinted(data.hint ?? syntaxHint(data.message)),
  }),
  'unknown-filter': (data: Absent) => ({ message: `No filter named '${data.name}'`, ...meantOrPython(data, 'filters') }),
  'unknown-test': (data: Absent) => ({ message: `No test named '${data.name}'`, ...meantOrPython(data, 'tests') }),
  'unknown-lookup': (data: Absent) => ({ message: `no lookup named '${data.name}' (lookup plugin not found)`, ...meantOrPython(data, 'lookups') }),
  'plugin-elsewhere': (data: { readonly kind: 'filter' | 'test' | 'lookup'; readonly name: string }) => ({
    message: `${data.kind === 'lookup' ? 'no' : 'No'} ${data.kind} named '${data.name}'${data.kind === 'lookup' ? ' (lookup plugin not found)' : ''}`,
    hint: 'it belongs to a collection: plugins of collections are Python, which play does not run; a few are built in and found by their short name',
  }),
  'template-cycle': (data: { readonly path: readonly string[] }) => ({
    message: `recursive loop detected in template: ${data.path.join(' -> ')}`,
    hint: 'a variable cannot be made from itself; give one of these another name',
  }),
  'template-not-found': (data: { readonly name: string; readonly searched: readonly string[] }) => ({
    message: `template '${data.name}' not found`, hint: `looked in: ${[...new Set(data.searched)].join(', ') || 'nowhere: there is no folder to look in'}`,
  }),
  /** A filter, test, lookup or function that was called wrongly, or that could not do what it was asked. */
  'call-failed': (data: { readonly kind: string; readonly name: string; readonly problem: string; readonly hint?: string | undefined }) => ({
    message: `${data.kind} '${data.name}': ${data.problem}`, ...hinted(data.hint ?? operationHint(data.problem)),
  }),
  'lookup-failed': (data: { readonly name: string; readonly message: string }) => ({ message: `lookup '${data.name}' failed: ${data.message}` }),
  'ejs-syntax': (data: { readonly message: string }) => ({
    message: `EJS template error: ${data.message}`,
    hint: data.message.includes("'%>'") ? 'write %> where the tag ends' : 'what stands between <% and %> is JavaScript: count its brackets and quotes, also those of the tags above',
  }),
  'ejs-failed': (data: { readonly message: string }) => {
    const [, nothing, key] = /^Cannot read properties of (undefined|null) \(reading '([^']+)'\)/.exec(data.message) ?? []
    return key === undefined ? { message: `EJS template failed: ${data.message}`, hint: 'what stands between <% and %> is JavaScript; the message above is its own' } : {
      message: `EJS template failed: what stands before .${key} ${nothing === 'null' ? 'is null' : 'is undefined'}`,
      hint: `check the names before .${key}, or write ?.${key} where it may be missing`,
    }
  },
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
