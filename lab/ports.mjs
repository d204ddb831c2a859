// Says which of the host ports that the lab wants to publish are taken, and by whom. Arguments: container:port...
// A port that the named container publishes already is its own. Exit code 1 when something is in the way.
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'

const run = (command, args) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

const isFree = port => new Promise(resolve => {
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '0.0.0.0' }, () => server.close(() => resolve(true)))
})

function holder(port) {
  const container = run('docker', ['ps', '--filter', `publish=${port}`, '--format', '{{.Names}}'])
  if (container !== '') return { container, text: `the container ${container.split('\n').join(', ')}` }
  const listener = run('ss', ['-Hltnp', `sport = :${port}`])
  const named = /users:\(\("([^"]+)",pid=(\d+)/.exec(listener)
  if (named !== null) return { text: `${named[1]} (process ${named[2]})` }
  return { text: 'another program (as root, "ss -ltnp" names it)' }
}

const problems = []
for (const wanted of process.argv.slice(2)) {
  const [name, port] = wanted.split(':')
  const by = holder(Number(port))
  if (by.container !== undefined && by.container.split('\n').includes(name)) continue
  if (!(await isFree(Number(port)))) problems.push(`port ${port}, wanted by ${name}, is taken by ${by.text}`)
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  console.error('Free these ports, or publish all ports elsewhere: play lab.yml -i inventory -e lab_port_offset=1000')
  process.exit(1)
}
