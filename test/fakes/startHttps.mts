/** A sandbox behind TLS with a certificate that nobody trusts. */
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './selfSigned.mts';

export interface HttpsServer {
	/** `https://localhost:<port>` */
	url: string;
	close(): Promise<void>;
}

/** Hands every request on to `target` (`http://127.0.0.1:<port>`). */
export async function startHttps(target: string): Promise<HttpsServer> {
	const { hostname, port } = new URL(target);
	const server = createServer(selfSigned(), (incoming, outgoing) => {
		const { method, url: path, headers } = incoming;
		const onward = request({ hostname, port, method, path, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	// A client that refuses the certificate leaves in the middle of the handshake.
	server.on('tlsClientError', () => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const close = () =>
		new Promise<void>((closed) => {
			server.close(() => closed());
			server.closeAllConnections();
		});
	return { url: `https://localhost:${(server.address() as AddressInfo).port}`, close };
}
