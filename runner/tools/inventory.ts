/** The command line of `play inventory`, which is that of ansible-inventory: what the inventory says. */
import { writeFileSync } from 'node:fs'
import { fault } from '../core/errors.ts'
import { loadInventory } from '../inventory/load.ts'
import { showGraph, showHost, showList, type Format } from '../inventory/show.ts'
import type { Data, Loc } from '../core/types.ts'
import { createEvaluator } from '../vars/evaluate.ts'
import { decrypt } from '../vars/vault.ts'
import { loadSecrets, vaultSources } from '../vars/vault-secrets.ts'
import { helpOf, parseArguments, type Flag } from './arguments.ts'
import type { Desk, ToolOutput } from './desk.ts'
import { vaultFlags } from './vault-command.ts'

const flags = {
  sources: { names: ['-i', '--inventory', '--inventory-file'], value: 'PATH', help: 'inventory file, folder, script, or "host1,host2,"; may be given again' },
  list: { names: ['--list'], help: 'all hosts and groups' },
  host: { names: ['--host'], value: 'NAME', help: 'the variables of one host' },
  graph: { names: ['--graph'], help: 'the tree of groups, from the one that is named on' },
  yaml: { names: ['-y', '--yaml'], help: 'as YAML instead of JSON' },
  toml: { names: ['--toml'], help: 'as TOML instead of JSON' },
  vars: { names: ['--vars'], help: 'with --graph: the variables too' },
  export: { names: ['--export'], help: 'with --list: variables where they were set, not merged for each host' },
  output: { names: ['--output'], value: 'FILE', help: 'write to this file' },
  limit: { names: ['-l', '--limit'], value: 'PATTERN', help: 'only these hosts' },
  extra: { names: ['-e', '--extra-vars'], value: 'VARS', help: 'variables over all others: k=v, YAML, JSON, @file' },
  dir: { names: ['--playbook-dir'], value: 'PATH', help: 'its group_vars and host_vars count too' },
  ...vaultFlags,
} satisfies Record<string, Flag>

export async function inventoryCommand(argv: readonly string[], desk: Desk): Promise<ToolOutput> {
  const { values, rest } = parseArguments<keyof typeof flags>(argv, flags, [['ask', 'files']])
  if (values.has('help')) return { text: helpOf('play inventory --list | --host NAME | --graph [GROUP] [options]', flags) }
  const usage = (message: string): Error => fault('usage', undefined, { message })
  const asked = (['list', 'host', 'graph'] as const).filter((name) => values.has(name))
  if (asked.length === 0) throw usage('No action selected, at least one of --host, --graph or --list needs to be specified.')
  if (asked.length > 1) throw usage('Conflicting options used, only one of --host, --graph or --list can be used at the same time.')
  const last = (name: keyof typeof flags): string | undefined => values.get(name)?.at(-1)
  const { settings } = desk, cwd = process.cwd()
  const given = { ids: values.get('ids') ?? [], files: values.get('files') ?? [], ask: values.has('ask') || desk.isOn('ANSIBLE_ASK_VAULT_PASS') }
  const secrets = await loadSecrets(vaultSources(given, settings), { cwd, ask: desk.ask, warn: desk.warn, isStrict: desk.isOn('ANSIBLE_VAULT_ID_MATCH') })
  const context = { cwd, decrypt: (text: string, loc?: Loc) => decrypt(text, secrets, loc), warn: desk.warn, values: desk.inventoryRules?.values }
  const extraVars: Data = desk.extraVars(values.get('extra') ?? [], context)
  const sources = values.get('sources') ?? (settings['ANSIBLE_INVENTORY'] ?? '').split(',').filter((one) => one !== '')
  const inventory = await loadInventory(sources, { ...context, evaluate: createEvaluator(context), extraVars, rules: desk.inventoryRules })
  const dir = last('dir') ?? settings['ANSIBLE_PLAYBOOK_DIR'], limit = last('limit'), host = last('host')
  if (limit !== undefined) inventory.match(limit)
  const format: Format = values.has('yaml') ? 'yaml' : values.has('toml') ? 'toml' : 'json'
  const isExport = values.has('export') || desk.isOn('ANSIBLE_INVENTORY_EXPORT')
  const options = { ...(dir === undefined ? {} : { playbookDir: dir }), ...(limit === undefined ? {} : { limit }), export: isExport, extraVars, format, ...(desk.inventoryRules?.values?.mergesHashes === true ? { mergesHashes: true } : {}) }
  const text = host !== undefined ? showHost(inventory, host, options)
    : values.has('graph') ? showGraph(inventory, rest[0] ?? 'all', { ...options, vars: values.has('vars') })
    : showList(inventory, options)
  const output = last('output')
  if (output === undefined) return { text: text.endsWith('\n') ? text : `${text}\n` }
  try {
    writeFileSync(output, text)
  } catch (cause) {
    throw fault('output-unwritable', undefined, { path: output, why: cause instanceof Error ? cause.message : String(cause) }, cause)
  }
  return { text: '' }
}
