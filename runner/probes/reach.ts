/** Why a path gives nothing: stat(2) says "absent" also of what lies behind a folder that may not be entered, or below a file. */
import type { Target } from '../core/plan.ts'
import { followed, plainPath, stat } from './stat.ts'

const parents = (path: string): string[] => {
  const parts = plainPath(path).split('/').slice(1, -1)
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)
}

/** `absent`, `denied` (a folder above may not be entered) or `no-folder` (something above is no folder). */
export async function whyAbsent(target: Pick<Target, 'read'>, path: string): Promise<'absent' | 'denied' | 'no-folder'> {
  const above = await Promise.all(parents(path).map((one) => target.read(stat, one)))
  for (const one of above.map(followed)) {
    if (one.type === 'absent') return 'absent'
    if (one.type !== 'directory') return 'no-folder'
    if (!one.executable) return 'denied'
  }
  return 'absent'
}
