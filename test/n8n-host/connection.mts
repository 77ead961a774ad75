import { Agent } from 'node:http';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

export const owner = {
	email: 'owner@example.test',
	firstName: 'Olivia',
	lastName: 'Owner',
	password: 'Sandbox-2026',
};

/** A login at n8n: its public API (`/api/v1`) and its editor's own (`/rest`). Every refusal throws. */
export class N8nConnection {
	cookie = '';
	projectId = '';
	private readonly rest: AxiosInstance;
	private readonly open: AxiosInstance;

	constructor(readonly baseUrl: string) {
		// A test that seeds for seconds finds a kept connection closed by n8n meanwhile: "socket hang up".
		const httpAgent = new Agent({ keepAlive: false });
		const shared = {
			...{ proxy: false as const, httpAgent, timeout: 60_000 },
			validateStatus: () => true,
		};
		this.rest = axios.create({ ...shared, baseURL: `${baseUrl}/rest` });
		this.open = axios.create({ ...shared, baseURL: `${baseUrl}/api/v1` });
	}

	/** Sets the owner up on a fresh n8n, logs in, and makes an API key once. */
	async logIn(): Promise<void> {
		const setup = await this.rest.post('/owner/setup', owner);
		const login =
			setup.status === 200
				? setup
				: await this.rest.post('/login', {
						emailOrLdapLoginId: owner.email,
						password: owner.password,
					});
		good(login);
		const cookies = login.headers['set-cookie'] ?? [];
		this.cookie = (cookies.find((one) => one.startsWith('n8n-auth=')) ?? '').split(';')[0] ?? '';
		this.rest.defaults.headers.common.Cookie = this.cookie;
		this.projectId = (await this.restGet<{ id: string }>('/projects/personal')).id;
		if (!this.open.defaults.headers.common['X-N8N-API-KEY']) await this.makeApiKey();
	}

	async restGet<T>(path: string): Promise<T> {
		return good<{ data: T }>(await this.rest.get(path)).data;
	}

	async restPost<T>(path: string, body: unknown): Promise<T> {
		return good<{ data: T }>(await this.rest.post(path, body)).data;
	}

	async restPatch<T>(path: string, body: unknown): Promise<T> {
		return good<{ data: T }>(await this.rest.patch(path, body)).data;
	}

	/** Outside both: the files that the editor loads. */
	async file<T>(path: string): Promise<T> {
		return good(await this.rest.get(`${this.baseUrl}${path}`));
	}

	async get<T>(path: string): Promise<T> {
		return good(await this.open.get(path));
	}

	async post<T>(path: string, body: unknown = {}): Promise<T> {
		return good(await this.open.post(path, body));
	}

	async patch<T>(path: string, body: unknown): Promise<T> {
		return good(await this.open.patch(path, body));
	}

	/** False when n8n is still busy with it (409). */
	async delete(path: string): Promise<boolean> {
		const answer = await this.open.delete(path);
		if (answer.status === 409) return false;
		good(answer);
		return true;
	}

	private async makeApiKey(): Promise<void> {
		const scopes = await this.restGet<string[]>('/api-keys/scopes');
		const key = await this.restPost<{ rawApiKey: string }>('/api-keys', {
			label: `driver ${Date.now()}`,
			scopes,
			expiresAt: null,
		});
		this.open.defaults.headers.common['X-N8N-API-KEY'] = key.rawApiKey;
	}
}

function good<T>(response: AxiosResponse): T {
	if (response.status >= 200 && response.status < 300) return response.data as T;
	const { method, url } = response.config;
	const body = JSON.stringify(response.data).slice(0, 500);
	throw new Error(`n8n answered ${response.status} to ${method} ${url}: ${body}`);
}
