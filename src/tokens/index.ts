/**
 * The realm's inventory of one-time-code generators, each known by its Credential ID. Promises that a code is accepted
 * at most once, over all people who share a token; that an import is there whole or not at all; that a seed is sealed at
 * rest and leaves only by an export that asks for seeds; that who tries ids learns nothing from an answer. Must not know
 * HTTP, how guesses are counted, or what a sign-in needs.
 */
export { createTokens, type Tokens } from './create-tokens.ts';
export { readCredentialId } from './credential-id.ts';
export { codeOf, timeStep } from './one-time-code.ts';
export type { Claimant } from './spending.ts';
export type { Actor, Proof, Standing, Token, TokenRules } from './token.ts';
