/**
 * What binds whom: gathers the levels whose rules hold for a person at a portal (realm, roll-outs, organizations, portals
 * they are subscribed to, what they ask of themselves) and the organizations a session there could be for. Promises that
 * a change acts within two seconds on every node, at once on its own, and that a person without organizations costs next
 * to nothing. Must not know sign-ins, factors or HTTP, nor combine rules: that is policy's.
 */
export { type Binding, createBinding } from './binding.ts';
export { type Bonds, bondsOf, portalsBeside } from './bonds.ts';
export type { Line } from './levels.ts';
