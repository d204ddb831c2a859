/** Puts the installed packages into facts. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { pyText } from '../core/pytext.ts'
import type { Data } from '../core/types.ts'
import { installed, knownManagers } from '../probes/installed.ts'

const aliases: Readonly<Record<string, string>> = { dnf: 'rpm', dnf5: 'rpm', yum: 'rpm', zypper: 'rpm', pkg5: 'pkg', pkgng: 'pkg', openbsd_pkg: 'pkg_info' }
/** Managers of the BSDs are never found: play knows no hosts that have them. */
const all = ['apk', 'apt', 'pacman', 'pkg', 'pkg_info', 'portage', 'rpm', ...Object.keys(aliases)]

export default defineModule({
  name: 'package_facts',
  doc: 'Puts the installed packages into facts.',
  args: {
    manager: { type: 'list', elements: 'str', default: ['auto'], doc: 'Package managers to ask, in this order: auto, apt, rpm (dnf, yum, zypper), apk, pacman, portage.' },
    strategy: { type: 'str', choices: ['first', 'all'], default: 'first', doc: 'Whether the first that answers is enough.' },
  },
  async plan({ manager, strategy }, target) {
    const asked = manager.map((one) => one.toLowerCase()), wanted = asked.includes('auto') ? [...asked.filter((one) => one !== 'auto'), ...all] : asked
    const unknown = wanted.filter((one) => !all.includes(one))
    if (unknown.length > 0) throw new Failure(asked.includes('auto') ? 'Could not auto detect a usable package manager, check warnings for details.' : `Unsupported package managers requested: ${unknown.join(', ')}`)
    const order = [...new Set(wanted.map((one) => aliases[one] ?? one))]
    const answers = await Promise.all(order.map(async (one) => knownManagers.includes(one) ? await target.read(installed, one) : undefined))
    const packages: Record<string, readonly Data[]> = {}, warnings: string[] = []
    let found = 0
    for (const [i, name] of order.entries()) {
      if (strategy === 'first' && found > 0) break
      const answer = answers[i]
      if (answer === undefined) {
        if (asked.includes(name)) warnings.push(`Requested package manager ${name} was not usable by this module: Failed to find required executable "${name}"`)
        continue
      }
      if ('problem' in answer) warnings.push(`Failed to retrieve packages with ${name}: ${answer.problem}`)
      const own = 'problem' in answer ? {} : answer.packages
      if (Object.keys(own).length === 0) { warnings.push(`Found "${name}" but no associated packages`); continue }
      found += 1
      for (const [title, versions] of Object.entries(own)) packages[title] = [...packages[title] ?? [], ...versions]
    }
    if (found === 0) throw new Failure(`Could not detect a supported package manager from the following list: ${pyText(wanted)}, or the required Python library is not installed. Check warnings for details.`, warnings.length === 0 ? {} : { warnings })
    return { ...nothing({ ansible_facts: { packages } }), warnings }
  },
})
