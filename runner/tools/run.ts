/** The commands beside running playbooks: `play inventory` and `play vault`. */
import { fault } from '../core/errors.ts'
import type { Desk, ToolOutput } from './desk.ts'
import { inventoryCommand } from './inventory.ts'
import { vaultCommand } from './vault-command.ts'

export async function runTool(asked: { readonly command: string; readonly args: readonly string[] }, desk: Desk): Promise<ToolOutput> {
  if (asked.command === 'inventory') return inventoryCommand(asked.args, desk)
  if (asked.command === 'vault') return vaultCommand(asked.args, desk)
  throw fault('usage', undefined, { message: `there is no command ${asked.command}` })
}
