/** Keeps packages of SUSE. */
import { defineModule } from '../core/module.ts'
import { planZypper, zypperArgs } from './packages/zypper.ts'

export default defineModule({ name: 'zypper', doc: 'Keeps packages of SUSE.', args: zypperArgs, plan: planZypper })
