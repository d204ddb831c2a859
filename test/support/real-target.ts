/** What modules read of a real machine, with nothing known before but what is predicted. */
import type { Predicted, Probe, Target } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import { localFile, renderFile } from './local-files.ts'

export function targetOf(session: Session, predicted: readonly Predicted[] = []): Target {
  const machine = new Machine()
  machine.predict(predicted)
  const exchange = new Exchange(session, machine, 'root', {})
  return {
    user: 'root', read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value,
    local: async (kind, path) => localFile({}, kind, path), render: renderFile,
  }
}
