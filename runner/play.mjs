#!/usr/bin/env node
// The `play` command. Compiled JavaScript starts three times faster than TypeScript through a loader, so it is used where it is at
// least as new as every source (npm run build, done by npm run site and before packing); else the sources are run as they are.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const stamp = join(here, '../dist/.built')
const newest = (folder) => Math.max(0, ...readdirSync(folder, { withFileTypes: true }).map((entry) =>
  entry.isDirectory() ? newest(join(folder, entry.name)) : entry.name.endsWith('.ts') ? statSync(join(folder, entry.name)).mtimeMs : 0))

if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest(here)) {
  await import('../dist/cli.js')
} else {
  const { register } = await import('tsx/esm/api')
  register()
  await import('./cli.ts')
}
