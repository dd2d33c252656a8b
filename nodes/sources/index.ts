/**
 * The sources as nodes show and read them: one folder each. Nothing here is heavy; `readSource.ts` and what a
 * running source needs (`openPorts.ts`, `rehearse.ts`, `showOutages.ts`) are imported when a trigger starts.
 */
export { faces } from './faces';
export { readFoundSymbols } from './foundSymbols';
export {
	requestCredentials,
	requestFields,
	requestNames,
	requestOptions,
} from './requestParameters';
export { requestMethods, sourceMethods } from './sourceMethods';
export { sourceCredentials, sourceFields, sourceName, sourceOptions } from './sourceParameters';
export type { ChosenSource, Received, SourceFace, SourceRequest, SourceStart } from './SourceFace';
