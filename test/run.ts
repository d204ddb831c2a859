/**
 * Runs the test files, each in a process of its own, two at a time, those of the site alone and last; prints what failed, and at the
 * end one line: `N passed, M failed`. A file that ends badly without saying which test failed counts as one failure.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

interface Report { readonly file: string; readonly passed: number; readonly failed: number; readonly seconds: number; readonly output: string }

const root = join(import.meta.dirname, '..')
const testFiles = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? testFiles(join(dir, entry.name)) : entry.name.endsWith('.test.ts') ? [relative(root, join(dir, entry.name))] : [])

/** The longest that one file may take. */
const limitSeconds = 1200

function runFile(file: string): Promise<Report> {
  return new Promise((resolve) => {
    const started = Date.now()
    const child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: string[] = []
    child.stdout.on('data', (chunk) => { chunks.push(String(chunk)) })
    child.stderr.on('data', (chunk) => { chunks.push(String(chunk)) })
    const timer = setTimeout(() => { chunks.push(`\nstopped after ${limitSeconds} s\n`); child.kill('SIGKILL') }, limitSeconds * 1000)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve(reportOf(file, chunks.join(''), code, (Date.now() - started) / 1000))
    })
  })
}

/** uvu prints Total and Passed for a file; what is not passed has failed, and so has a file that says nothing. */
function reportOf(file: string, output: string, code: number | null, seconds: number): Report {
  const number = (name: string): number => Number(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0)
  const passed = number('Passed'), total = number('Total'), skipped = number('Skipped')
  const broken = total - passed - skipped > 0 || skipped > 0 ? total - passed : code === 0 && total > 0 ? 0 : 1
  return { file, passed, failed: broken, seconds, output }
}

function say(report: Report): void {
  const mark = report.failed === 0 ? 'ok  ' : 'FAIL'
  process.stdout.write(`${mark} ${report.file}: ${report.passed} passed${report.failed === 0 ? '' : `, ${report.failed} failed`} (${report.seconds.toFixed(1)} s)\n`)
  if (report.failed > 0) process.stdout.write(`${report.output.replace(/^/gm, '     ')}\n`)
}

async function runAll(files: readonly string[], width: number): Promise<Report[]> {
  const waiting = [...files], reports: Report[] = []
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const report = await runFile(file)
      say(report)
      reports.push(report)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return reports
}

const wanted = process.argv.slice(2)
const files = testFiles(import.meta.dirname).sort().filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
if (files.length === 0) throw new Error(`no test file matches ${wanted.join(' ')}`)
const isSite = (file: string): boolean => file.startsWith('test/site/')
const reports = [...await runAll(files.filter((file) => !isSite(file)), 2), ...await runAll(files.filter(isSite), 1)]
const sum = (pick: (report: Report) => number): number => reports.reduce((total, report) => total + pick(report), 0)
const failures = sum((report) => report.failed)
for (const { file } of reports.filter((report) => report.failed > 0)) process.stdout.write(`failed: ${file}\n`)
process.stdout.write(`${sum((report) => report.passed)} passed, ${failures} failed\n`)
process.exitCode = failures === 0 ? 0 : 1
