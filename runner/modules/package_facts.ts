/** Puts the installed packages into facts. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import { installedPackages } from '../probes/inventories.ts'

const aliases: Readonly<Record<string, string>> = { dnf: 'rpm', dnf5: 'rpm', yum: 'rpm', zypper: 'rpm' }
export default defineModule({
  name: 'package_facts',
  doc: 'Puts the installed packages into facts.',
  args: {
    manager: { type: 'list', elements: 'str', default: ['auto'], doc: 'Package managers to ask: auto, apt, rpm, apk, pacman.' },
    strategy: { type: 'str', choices: ['first', 'all'], default: 'first', doc: 'Whether the first that answers is enough.' },
  },
  async plan({ manager, strategy }, target) {
    const all = await target.read(installedPackages, 'all')
    const wanted = manager.includes('auto') ? ['rpm', 'apt', 'apk', 'pacman'] : manager.map((one) => aliases[one] ?? one)
    const unknown = wanted.find((one) => !['rpm', 'apt', 'apk', 'pacman', 'pkg', 'pkg5', 'portage'].includes(one))
    if (unknown !== undefined) throw new Failure(`Unsupported package managers requested: ${unknown}`)
    const order = Object.entries(all).filter(([name, packages]) => wanted.includes(name) && Object.keys(packages).length > 0)
    if (order.length === 0) throw new Failure(`Could not detect a supported package manager from the following list: ${wanted.join(', ')}, or the required Python library is not installed. Check warnings for details.`)
    const packages: Data = {}
    for (const [, found] of strategy === 'first' ? order.slice(0, 1) : order) Object.assign(packages, found)
    return nothing({ ansible_facts: { packages } })
  },
})
