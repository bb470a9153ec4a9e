'use strict';

// telegram-test-api on a free loopback port, with what it lacks and real Telegram does: updates stay until the
// next offset confirms them, a webhook is called for one update of a chat after the other, with its secret, until
// it answers 2xx; files, photos, voice notes, chat actions; refusals of what is too long; and faults on demand.

const { EventEmitter, once } = require('node:events');
const express = require('express');
const multer = require('multer');
const TelegramServer = require('telegram-test-api');

const TOKEN = process.argv[2];
const MAX_FILE = 20 * 2 ** 20;
const RESEND_MS = 200;

const api = new TelegramServer({ port: 1, host: '127.0.0.1', storeTimeout: 3600 });
const calls = [];
const files = new Map();
const queues = new Map();
const arrived = new EventEmitter();
let faults = [];

// --- what a customer does -------------------------------------------------------------------------------

api.addUserUpdate = async (update) => {
  update.updateId = api.updateId++;
  const hook = api.webhooks[update.botToken];
  if (!hook) {
    api.storage.userMessages.push(update);
    arrived.emit('update');
    return;
  }
  const chat = (update.message || update.callbackQuery.message).chat.id;
  queues.set(chat, (queues.get(chat) || Promise.resolve()).then(() => call(hook, update)));
};

function shown(update) {
  const whole = update.raw || TelegramServer.formatUpdate(update);
  if (whole.callback_query) whole.callback_query.chat_instance = 'here';
  return whole;
}

async function call(hook, update) {
  while (api.webhooks[update.botToken]) {
    const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': hook.secret_token || '' };
    const body = JSON.stringify(shown(update));
    const answer = await fetch(hook.url, { method: 'POST', headers, body }).catch(() => null);
    calls.push({ method: 'webhook', status: answer && answer.status, updateId: update.updateId });
    if (answer && answer.ok) return;
    await new Promise((resume) => setTimeout(resume, RESEND_MS));
  }
}

// --- what the bot asks for ------------------------------------------------------------------------------

const refuse = (res, code, description, parameters) =>
  res.status(code).json({ ok: false, error_code: code, description, parameters });
const grant = (res, result) => res.json({ ok: true, result });
const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value || {});

const addBotMessage = api.addBotMessage.bind(api);
api.addBotMessage = (raw, token) => {
  const message = addBotMessage(raw, token);
  return { ...message, date: Math.floor(message.date / 1000) };
};

function keep(bytes) {
  const id = `file${files.size + 1}`;
  files.set(id, bytes);
  return { file_id: id, file_unique_id: id, file_size: bytes.length };
}

const methods = {
  getMe: (params, res) => grant(res, { id: 666, is_bot: true, first_name: 'Clerk', username: 'ClerkBot' }),

  async getUpdates(params, res) {
    const offset = Number(params.offset || 0);
    const waiting = () => api.storage.userMessages.filter((update) => update.updateId >= offset);
    api.storage.userMessages = waiting();
    if (!waiting().length && Number(params.timeout)) {
      const tooLong = AbortSignal.timeout(Number(params.timeout) * 1000);
      res.on('close', () => arrived.emit('update'));
      await once(arrived, 'update', { signal: tooLong }).catch(() => {});
    }
    grant(res, waiting().slice(0, 100).map(shown));
  },

  getFile(params, res) {
    const bytes = files.get(params.file_id);
    if (!bytes) return refuse(res, 400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
    if (bytes.length > MAX_FILE) return refuse(res, 400, 'Bad Request: file is too big');
    return grant(res, { file_id: params.file_id, file_unique_id: params.file_id, file_path: params.file_id });
  },

  sendMessage(params, res, next) {
    if (!(params.text || '').trim()) return refuse(res, 400, 'Bad Request: message text is empty');
    if (params.text.length > 4096) return refuse(res, 400, 'Bad Request: message is too long');
    return next();
  },

  sendPhoto: (params, res) => sendFile('photo', params, res),
  sendMediaGroup(params, res) {
    const sent = parsed(params.media).map(({ media, caption }) => {
      const file = keep(params.files[media.replace('attach://', '')]);
      const photo = [{ ...file, width: 1, height: 1 }];
      return api.addBotMessage({ chat_id: params.chat_id, caption, photo }, TOKEN);
    });
    return grant(res, sent);
  },
  sendVoice: (params, res) => sendFile('voice', params, res),
  sendChatAction: (params, res) => grant(res, true),
  setWebhook(params, res) {
    api.setWebhook(params, TOKEN);
    grant(res, true);
  },
};

function sendFile(kind, params, res) {
  if ((params.caption || '').length > 1024) return refuse(res, 400, 'Bad Request: message caption is too long');
  const file = keep(params.files[kind]);
  const media = kind === 'photo' ? [{ ...file, width: 1, height: 1 }] : { ...file, duration: 1 };
  return grant(res, api.addBotMessage({ ...params, files: undefined, [kind]: media }, TOKEN));
}

function tooMuchData(params) {
  const rows = parsed(params.reply_markup).inline_keyboard || [];
  return rows.flat().some((button) => Buffer.byteLength(button.callback_data || '') > 64);
}

function faultFor(method, params) {
  const fault = faults.find((one) => one.method === method && (!one.chat_id || String(one.chat_id) === String(params.chat_id)));
  if (fault && --fault.times <= 0) faults = faults.filter((one) => one !== fault);
  return fault;
}

const app = express();
app.use(express.json({ limit: '1mb' }), express.urlencoded({ extended: true }), multer().any());

app.all('/bot:token/:method', (req, res, next) => {
  const { token, method } = req.params;
  const params = { ...req.query, ...req.body };
  calls.push({ method, params: { ...params } });
  params.files = Object.fromEntries((req.files || []).map((file) => [file.fieldname, file.buffer]));
  if (token !== TOKEN) return refuse(res, 401, 'Unauthorized');
  const fault = faultFor(method, params);
  if (fault) return refuse(res, fault.code, fault.description, fault.parameters);
  if (tooMuchData(params)) return refuse(res, 400, 'Bad Request: BUTTON_DATA_INVALID');
  return Object.hasOwn(methods, method) ? methods[method](params, res, next) : next();
});
app.get('/file/bot:token/:id', (req, res) => {
  const bytes = files.get(req.params.id);
  return bytes ? res.type('application/octet-stream').send(bytes) : refuse(res, 404, 'Not Found');
});

// --- what a test asks for -------------------------------------------------------------------------------

app.post('/test/files', express.raw({ type: '*/*', limit: '30mb' }), (req, res) => res.json(keep(req.body)));
app.post('/test/raw', (req, res) => {
  const updateId = api.updateId++;
  api.storage.userMessages.push({ botToken: TOKEN, updateId, raw: { update_id: updateId, ...req.body }, time: Date.now() });
  arrived.emit('update');
  res.json({ update_id: updateId });
});
app.post('/test/faults', (req, res) => {
  faults.push({ times: 1, description: 'a fault', ...req.body });
  res.json({});
});
app.post('/test/reset', (req, res) => {
  api.storage = { userMessages: [], botMessages: [] };
  api.webhooks = {};
  calls.length = 0;
  faults = [];
  queues.clear();
  files.clear();
  res.json({});
});
app.get('/test/calls', (req, res) => res.json(calls));

app.use(api.webServer);
const listening = app.listen(0, '127.0.0.1', () => process.stdout.write(`${listening.address().port}\n`));
process.stdin.resume().on('end', () => process.exit()); // nobody is left to ask
