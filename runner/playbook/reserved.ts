/** Names that variables should not have: keywords and Jinja's own functions. Ansible: vars/reserved.py. */
import { keywords } from './keywords.ts'

const functions = ['lipsum', 'query', 'q', 'lookup', 'now', 'undef', 'range', 'dict', 'cycler', 'joiner', 'namespace']
const more = ['action', 'local_action', 'args', 'with_', 'block', 'rescue', 'always', 'delegate_facts', 'loop_with']
/** `vars` and `gather_subset` are variables of Ansible's own. */
const allowed = ['vars', 'gather_subset']
const reserved: ReadonlySet<string> = new Set([...Object.keys(keywords), ...functions, ...more].filter((name) => !allowed.includes(name)))

export const isReserved = (name: string): boolean => reserved.has(name)
export const reservedWarning = (name: string): string => `Found variable using reserved name '${name}'.`
