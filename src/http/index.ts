/**
 * The web: addresses to realms and routes, forms, CSRF, pages, languages, error pages, assets.
 * Promises that a route sees a well-formed path, a checked form and a safe page, and that whatever is thrown becomes
 * an answer with a reference number. Must not know what the pages are about.
 */
export { browserName } from './browser-name.ts';
export * from './context.ts';
export { createHttp, type HttpContents, type HttpDependencies } from './create-http.ts';
export type { Onlooker, Passing } from './onlooker.ts';
export * from './page.ts';
export type { Fallback } from './realm-routes.ts';
export type { Answering, AnswerProgram } from './short-way.ts';
export * from './view-model.ts';
export { createViews, type RenderOptions, type Views } from './views.ts';
