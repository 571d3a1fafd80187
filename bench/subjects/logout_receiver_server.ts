import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { answerQuestion } from '../support/answer_questions.ts';
import type { Told } from './logout_receiver.ts';

const heard = new Set<string>();
let posts = 0;

const server = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    posts += 1;
    heard.add(decodeJwt(new URLSearchParams(body).get('logout_token') ?? '').sub ?? '');
    response.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1', () => answerQuestion('port', () => (server.address() as AddressInfo).port));
answerQuestion('told', (): Told => ({ sessions: heard.size, posts }));
