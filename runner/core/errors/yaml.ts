/** Errors of yaml: code to message and the next thing to do. */

type Line = { readonly line: string }
export const yamlErrors = {
  'yaml-tab': (_: Line) => ({ message: 'a tab stands in the indentation, where YAML takes spaces only', hint: 'replace the tab by spaces' }),
  'yaml-unquoted-template': (data: Line) => ({
    message: 'a value starts with {{ without quotes: YAML reads { as the start of a mapping',
    hint: `quote the whole value: ${suggest(data.line)}`,
  }),
  'yaml-space-after-colon': (data: { readonly key: string }) => ({
    message: `there is no space after the colon of '${data.key}:', so this is text and not a key with a value`,
    hint: `write '${data.key}: …'`,
  }),
  'yaml-colon-in-value': (_: Line) => ({
    message: "a value contains ': ', which YAML reads as another key", hint: 'put quotes around the whole value',
  }),
  'yaml-after-quote': (_: Line) => ({
    message: 'text follows the closing quote of a value', hint: 'put quotes around the whole value, and use the other kind of quote inside',
  }),
  'yaml-unclosed-quote': (data: { readonly quote: string }) => ({
    message: `a quote (${data.quote}) is opened here and never closed`, hint: `close it with ${data.quote} at the end of the value`,
  }),
  'yaml-unclosed-bracket': (data: { readonly bracket: string }) => ({
    message: `'${data.bracket}' is opened here and never closed`, hint: `close it with '${data.bracket === '[' ? ']' : '}'}'`,
  }),
  'yaml-reserved-start': (data: { readonly char: string }) => ({
    message: `a value cannot start with ${data.char} without quotes`, hint: 'put quotes around the whole value',
  }),
  'yaml-indentation': (data: { readonly reason: string }) => ({
    message: `the indentation does not fit: ${data.reason}`, hint: 'keys of one mapping, and items of one list, start in the same column',
  }),
  'yaml-mixed-arguments': (_: Line) => ({
    message: 'a line "name: value" follows arguments written as name=value', hint: 'write all arguments the same way: each as a line "name: value", indented below the module',
  }),
  'yaml-bad-escape': (_: object) => ({
    message: 'in double quotes a backslash starts an escape, and this is none', hint: 'put single quotes around the value, or write two backslashes: "C:\\\\Users"',
  }),
  'yaml-syntax': (data: { readonly reason: string }) => ({
    message: `this is no YAML: ${data.reason}`, hint: 'look at the line above too: brackets, quotes, commas and colons are what most often goes wrong',
  }),
  'yaml-after-document': (_: object) => ({
    message: 'YAML parsing failed: Did not find expected <document start>: more text follows the bracket that closes the document', hint: 'is there a bracket too many?',
  }),
  'yaml-many-documents': (_: object) => ({
    message: 'expected a single document, but another one starts here', hint: 'a YAML file of a playbook, role or inventory holds one document: take the --- away, or make a file of its own of what follows',
  }),
  'yaml-unknown-tag': (data: { readonly tag: string; readonly near?: string | undefined }) => ({
    message: `unknown tag ${data.tag}`, hint: data.near === undefined ? 'known are !vault, !unsafe and the tags of YAML 1.1 (!!str, !!int …)' : `did you mean ${data.near}?`,
  }),
  'yaml-bad-value': (data: { readonly tag: string; readonly text: string }) => ({ message: `'${data.text}' is no ${data.tag}` }),
  'yaml-unknown-alias': (data: { readonly name: string; readonly near?: string | undefined }) => ({
    message: `*${data.name} refers to an anchor that is not defined above`,
    hint: data.near === undefined ? `a text that starts with * must be quoted; an anchor is set by &${data.name}` : `did you mean *${data.near}?`,
  }),
  'yaml-bad-key': (_: { readonly kind: string }) => ({ message: 'a list or mapping cannot be a key', hint: 'if this was meant as {{ a template }}, put quotes around the whole value' }),
  'yaml-bad-merge': (_: { readonly found: string }) => ({ message: '<< takes a mapping or a list of mappings', hint: 'refer to an anchor of a mapping: <<: *name' }),
  'yaml-repeated-key': (data: { readonly key: string; readonly line: number | undefined }) => ({
    message: `Found duplicate mapping key '${data.key}'${data.line === undefined ? '' : ` (first on line ${data.line})`}`,
    hint: 'take one of them away; with the setting duplicate_dict_key = warn the last value counts',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

function suggest(line: string): string {
  const found = /^(\s*(?:- +)*(?:[\w.-]+: +)?)(\{\{.*)$/.exec(line)
  return found === null ? '"{{ … }}"' : `${(found[1] ?? '').trim()} "${(found[2] ?? '').trim().replaceAll('"', "'")}"`.trim()
}
