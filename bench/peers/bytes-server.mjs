// bytes-server.mjs SOCKET: answers every GET with the bytes that were POSTed last. What Node's HTTP alone takes to send them.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';

const [socket] = process.argv.slice(2);
let bytes = Buffer.alloc(0);

createServer((request, response) => {
  if (request.method === 'GET') return void response.end(bytes);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    bytes = Buffer.concat(chunks);
    response.end();
  });
}).listen(socket);
