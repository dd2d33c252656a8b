import { z } from 'zod/v4';

import { alertItemSchema } from './alertItem';

/**
 * The JSON Schema of alert items that ships, for whoever reads them. It takes what later versions add, and
 * what n8n's own nodes put beside it. Draft 7, which editors know best.
 */
export const alertJsonSchema = (): Readonly<Record<string, unknown>> => ({
	title: 'Market Alerts: alert item, version 1',
	...z.toJSONSchema(alertItemSchema, {
		io: 'output',
		target: 'draft-7',
		override: ({ jsonSchema }) => {
			if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
			// The bounds of an integer that JavaScript can write say nothing about instants.
			if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
			if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
		},
	}),
});
