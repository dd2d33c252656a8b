import { faces } from './faces';
import { refuse } from './readLive';
import type { ChosenSource, Received, SourceContext, SourceRequest } from './SourceFace';

/**
 * The source as the node's fields have it, all read before it runs: later on n8n can't work out expressions any
 * more.
 *
 * @param receive for a node without those fields
 * @throws SourceError quoting what the user must fix
 */
export async function readSource(
	context: SourceContext,
	{ receive, maxBatchSize }: { readonly receive?: Received; readonly maxBatchSize: number },
): Promise<ChosenSource> {
	const read: SourceRequest['read'] = (name, fallback) => context.getNodeParameter(name, fallback);
	const source = read('source', 'simulated');
	const face = faces.find(({ value }) => value === source);
	if (face === undefined) {
		const names = faces.map(({ name }) => name).join(', ');
		refuse(`Source is ${JSON.stringify(source)}; choose one of ${names}.`);
	}
	const readIt = await face.load();
	return await readIt({
		context,
		read,
		options: read('options', {}) as SourceRequest['options'],
		maxBatchSize,
		...(receive === undefined ? {} : { receive }),
	});
}
