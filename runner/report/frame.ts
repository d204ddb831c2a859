/** Draws an error or warning as people read it: the message, the place with three lines of the file and a caret, what was being done, what to do next. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Loc } from '../core/types.ts'
import type { ErrorData } from '../core/events.ts'
import { createPaint } from './style.ts'
import type { Paint } from './style.ts'

/** A path as short as it can be written. */
export function shortPath(file: string): string {
  if (!file.startsWith('/')) return file
  const short = relative(process.cwd(), file)
  return short !== '' && !short.startsWith('../../') && short.length < file.length ? short : file
}
export const place = (loc: Loc): string => `${shortPath(loc.file)}:${loc.line}:${loc.column}`

const widest = 140

/** Up to three lines of the file, the last one being the place, and a caret below it; nothing where the file cannot be read. */
export function excerpt(loc: Loc): string[] {
  let lines: string[]
  try {
    lines = readFileSync(loc.file, 'utf8').split('\n')
  } catch {
    return []
  }
  if (lines[loc.line - 1] === undefined) return []
  const first = Math.max(1, loc.line - 2)
  const numbers = String(loc.line).length
  // A very long line is cut so that the caret stays in sight.
  const cut = loc.column > widest - 20 ? loc.column - Math.floor(widest / 2) : 0
  const shown = lines.slice(first - 1, loc.line).map((line, i) => {
    const text = line.replaceAll('\t', ' ').replace(/\r$/, '').slice(cut, cut + widest)
    return `${String(first + i).padEnd(numbers)} ${cut > 0 ? '…' : ''}${text}`.trimEnd()
  })
  return [...shown, `${' '.repeat(numbers + 1 + (cut > 0 ? 1 : 0) + Math.max(0, loc.column - 1 - cut))}^ column ${loc.column}`]
}

/** Lines of a frame, without the newline at the end. */
export function drawError(error: ErrorData, paint: Paint = createPaint(false)): string {
  return drawFrame(paint(`[ERROR]: ${error.message}`, 'failed'), error, paint)
}
function drawFrame(head: string, error: ErrorData, paint: Paint): string {
  const lines = [head]
  if (error.loc !== undefined) {
    const drawn = excerpt(error.loc)
    lines.push(`Origin: ${place(error.loc)}`, ...(drawn.length === 0 ? [] : ['', ...drawn]))
  }
  const trail = error.trail.map(({ what, loc }) => `  ${what}${loc === undefined ? '' : ` (${place(loc)})`}`)
  if (trail.length > 0) lines.push('', ...trail)
  if (error.hint !== undefined) lines.push('', `  ${paint('Hint:', 'ok')} ${error.hint}`)
  return lines.join('\n')
}

/** `mistake`: an error that is passed over, shown as if it stopped the run. */
export function drawWarning(message: string, loc: Loc | undefined, paint: Paint = createPaint(false), mistake?: ErrorData): string {
  if (mistake !== undefined) return drawFrame(paint(`[WARNING]: ${message}: ${mistake.message}`, 'warning'), mistake, paint)
  return paint(`[WARNING]: ${message}${loc === undefined ? '' : `\nOrigin: ${place(loc)}`}`, 'warning')
}

export interface ErrorStream { write(text: string): unknown; readonly isTTY?: boolean }

/** For errors outside of a run: a playbook that cannot be read, a wrong option. */
export function createErrorPrinter(stream: ErrorStream, env: Readonly<Record<string, string | undefined>> = process.env): (error: ErrorData) => void {
  const paint = createPaint(wantsColor(stream.isTTY === true, env))
  return (error) => { stream.write(`${drawError(error, paint)}\n`) }
}

/** https://no-color.org, FORCE_COLOR, and Ansible's own names for both. */
export function wantsColor(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const set = (name: string): boolean => env[name] !== undefined && env[name] !== '' && !/^(0|false|no)$/i.test(env[name] ?? '')
  if (set('NO_COLOR') || set('ANSIBLE_NOCOLOR')) return false
  if (set('FORCE_COLOR') || set('ANSIBLE_FORCE_COLOR')) return true
  return isTTY && env['TERM'] !== 'dumb'
}
