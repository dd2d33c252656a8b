/** Asking a provider within its limits: one call at a time or many, every failure classified. */
export { ProviderRest, type Query, type RestProtocol } from './ProviderRest';
export { requestWithin } from './requestWithin';
export { spacedLimit } from './spacedLimit';
