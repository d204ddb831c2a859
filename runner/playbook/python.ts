/**
 * Modules written in Python that Ansible would find: in `library/` of a playbook or role, in an installed collection. play runs no Python;
 * such a name is no mistake, and its task fails when it is reached, not when it is read.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Loading } from './loading.ts'
import { collectionFolders } from './role-files.ts'

/** The file of a module, by its full name or by its short one and the collections to look in. */
export function pythonModule(loading: Loading, name: string, playDir: string, collections: readonly string[]): string | undefined {
  const [first = '', collection, ...rest] = name.split('.'), isFull = collection !== undefined
  if (!/^[\w.]+$/.test(name) || (isFull && rest.length === 0)) return undefined
  // modules of collections may lie in folders: namespace.collection.folder.module
  const last = isFull ? rest.join('/') : first
  const ofCollections = (isFull ? [`${first}.${collection}`] : collections).map((one) => one.split('.').join('/'))
  const folders = [
    ...collectionFolders(playDir, loading.context.collectionsPath ?? []).flatMap((folder) => ofCollections.flatMap((one) => ['modules', 'action'].map((kind) => join(folder, one, 'plugins', kind)))),
    ...!isFull ? [join(playDir, 'library'), ...loading.libraries] : [],
  ]
  return folders.map((folder) => join(folder, `${last}.py`)).find((path) => existsSync(path))
}
