/** Keeps packages of Arch Linux. */
import { defineModule } from '../core/module.ts'
import { pacmanArgs, pacmanRules, planPacman } from './packages/pacman.ts'

export default defineModule({ name: 'pacman', doc: 'Keeps packages of Arch Linux.', args: pacmanArgs, rules: pacmanRules, plan: planPacman })
