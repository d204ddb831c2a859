/** validate_argument_spec: the variables of a role against its meta/argument_specs.yml. Each fault is told; the first is shown at the place of its variable. */
import { defineAction } from '../core/module.ts'
import { argFaults } from '../core/args.ts'
import { Failure } from '../core/errors.ts'
import { keyLoc, place } from '../core/loc.ts'
import { secretTexts } from '../core/mask.ts'
import type { Data, Json } from '../core/types.ts'
import type { Arg, ArgSpec, ArgType, Control } from '../core/plan.ts'
import { dictEntries, dictGet, isDict } from '../core/value.ts'

const types: Readonly<Record<string, ArgType>> = {
  str: 'str', list: 'list', dict: 'dict', bool: 'bool', int: 'int', float: 'float', path: 'path', raw: 'raw', json: 'raw', jsonarg: 'raw', bytes: 'bytes', bits: 'bytes',
}
const typeOf = (value: unknown): ArgType => types[String(value)] ?? 'str'
const isJson = (value: unknown): value is Json => value !== undefined

/** An option of argument_specs.yml as an argument of a module. */
function argOf(option: unknown): Arg {
  const get = (name: string): unknown => isDict(option) ? dictGet(option, name) : undefined
  const choices = get('choices'), elements = get('elements'), options = get('options'), fallback = get('default')
  return {
    type: typeOf(get('type') ?? 'str'), doc: '', required: get('required') === true,
    ...(isJson(fallback) ? { default: fallback } : {}), ...(get('no_log') === true ? { secret: true } : {}),
    ...(Array.isArray(choices) ? { choices: choices.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)) } : {}),
    ...(elements === undefined ? {} : { elements: typeOf(elements) }), ...(isDict(options) ? { options: specOf(options) } : {}),
  }
}
const specOf = (options: unknown): ArgSpec => isDict(options) ? Object.fromEntries(dictEntries(options).map(([name, option]) => [String(name), argOf(option)])) : {}

/** Variables that the specification names, as they are now, each with the place where it was written. */
function variables(declared: Data, provided: Data, control: Control): Data {
  const values: Data = {}, places = new Map<unknown, NonNullable<ReturnType<Control['origin']>>>()
  for (const name of Object.keys(declared)) {
    const value = name in provided ? provided[name] : control.variable(name)
    if (value === undefined) continue
    values[name] = value
    // what the command line gives has no place: then the declaration is shown
    const origin = control.origin(name) ?? keyLoc(declared, name)
    if (origin !== undefined) places.set(name, origin)
  }
  place(values, { self: undefined, keys: places, values: places })
  return values
}

export default defineAction({
  name: 'validate_argument_spec', doc: 'Validate role argument specs.', inCheckMode: 'run',
  args: {
    argument_spec: { type: 'dict', required: true, doc: 'Options as in meta/argument_specs.yml.' },
    provided_arguments: { type: 'dict', default: {}, doc: 'Values to check, above variables of the same names.' },
    validate_args_context: { type: 'dict', default: {}, doc: 'What is checked, for messages.' },
  },
  async run(args, control) {
    const spec = specOf(args.argument_spec)
    const context = { name: String(args.validate_args_context['name'] ?? '') }
    const values = variables(args.argument_spec, args.provided_arguments, control)
    for (const secret of secretTexts(spec, values)) control.keepSecret(secret) // what is declared with no_log is a secret of the run
    // parameters that the specification does not name are mistakes; variables are not
    const extra = Object.fromEntries(Object.entries(args.provided_arguments).filter(([key]) => !(key in spec)))
    const where = { module: context.name === '' ? 'role' : `role ${context.name}`, container: values }
    const faults = argFaults(spec, values, where), unknown = Object.keys(extra)
    if (faults.length === 0 && unknown.length === 0) return { changed: false, msg: 'The arg spec validation passed', validate_args_context: args.validate_args_context }
    // what the specification does not name is one error, and the last one, as Ansible counts them
    const unsupported = unknown.length === 0 ? [] : [`Unsupported parameters: ${unknown.join(', ')}. Supported parameters include: ${Object.keys(spec).sort().join(', ')}.`]
    const errors = [...faults.map(({ message }) => message), ...unsupported]
    throw new Failure(['Validation of arguments failed:', ...errors].join('\n'), { argument_errors: errors, argument_spec_data: args.argument_spec, validate_args_context: args.validate_args_context }, faults[0] ?? argFaults(spec, extra, where)[0])
  },
})
