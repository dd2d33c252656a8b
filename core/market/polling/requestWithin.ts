import {
	HttpFailure,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
	type Timer,
} from '../../ports';
import { withDeadline } from '../../resilience';
import { ProviderFailure } from '../ProviderFailure';

/**
 * One call with a deadline, whatever the other side does: its time-out counts for the whole answer.
 * @throws ProviderFailure when no answer came
 */
export async function requestWithin(
	request: HttpRequest,
	ports: { readonly http: HttpClient; readonly timer: Timer },
	signal: AbortSignal | undefined,
): Promise<HttpResponse> {
	const { timeoutMs } = request;
	try {
		const answer = await withDeadline(
			(stop) => ports.http.request(request, stop),
			timeoutMs,
			ports.timer,
			signal,
		);
		if (answer !== 'late') return answer.done;
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		if (error.reason !== 'timeout') {
			throw new ProviderFailure(
				'transient',
				`can't be reached. ${error.message} Check that this server may connect to it; trying again.`,
				undefined,
				{ cause: error },
			);
		}
	}
	throw new ProviderFailure(
		'transient',
		`gave no answer within ${timeoutMs / 1_000} s; trying again.`,
	);
}
