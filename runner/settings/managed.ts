/** The setting ansible_managed: fields as in Python's str.format, filled with Jinja that each template file works out for itself. Ansible: _template_vars.py. */
import { fault } from '../core/errors.ts'

const places: Readonly<Record<string, string>> = { host: '{{ template_host }}', uid: '{{ template_uid }}', file: '{{ template_path }}' }

/** Codes of strftime are left in it: they stand for the time of the file. */
export function managedText(written: string): string {
  return written.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, field: string | undefined) => {
    if (found === '{{' || found === '}}') return found.slice(1)
    const place = field === undefined ? undefined : places[field]
    if (place !== undefined) return place
    throw fault('usage', undefined, { message: `the setting ansible_managed cannot be read at '${found}': it knows {file}, {host} and {uid}; write other braces twice` })
  })
}
