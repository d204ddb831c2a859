/** All lookups by name, gathered from the files that hold them. */
import type { Lookup } from './call.ts'
import { commandLookups } from './lookups-commands.ts'
import { fileLookups } from './lookups-files.ts'
import { treeLookups } from './lookups-filetree.ts'
import { listLookups } from './lookups-lists.ts'
import { variableLookups } from './lookups-vars.ts'

export const lookups: Record<string, Lookup> = { ...listLookups, ...fileLookups, ...treeLookups, ...variableLookups, ...commandLookups }
