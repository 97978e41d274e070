// A strict Matrix client for tests: to a device that its owner has not cross-signed it sends no
// keys, and of what comes from one it shows nothing. Element does the same since 2026.
//
// It reads commands from standard input and writes answers, and what is heard, to standard output:
// JSON, one object a line. The first command is `start`; when the input ends, the program ends.
//   {id, do, ...arguments}  ->  {id, answer} or {id, error}, and at any time {heard}

import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// Standard output is for our lines, and the SDK tells a lot. What fails is said in an answer.
for (const level of ["debug", "error", "info", "log", "trace", "warn"]) console[level] = () => {};

// What the SDK takes for granted, and Node has only since versions 19 and 22.
globalThis.crypto ??= webcrypto;
Promise.withResolvers ??= () => {
    const made = {};
    made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
};

// The packages lie where NODE_PATH says, and `import` does not look there.
const sdkFile = pathToFileURL(createRequire(import.meta.url).resolve("matrix-js-sdk"));
const sdk = await import(sdkFile);
const cryptoApi = await import(new URL("crypto-api/index.js", sdkFile));

const { DevicesUpdated, UserTrustStatusChanged } = cryptoApi.CryptoEvent;
const deviceNews = [DevicesUpdated, UserTrustStatusChanged];

let client;

const commands = {
    // Logs in as a new device, and signs it with a new identity of the user.
    async start({ homeserver, user, password }) {
        const identifier = { type: "m.id.user", user };
        const session = await sdk
            .createClient({ baseUrl: homeserver })
            .loginRequest({ type: "m.login.password", identifier, password });
        client = sdk.createClient({
            baseUrl: homeserver,
            userId: user,
            deviceId: session.device_id,
            accessToken: session.access_token,
        });
        await client.initRustCrypto({ useIndexedDB: false });
        const crypto = client.getCrypto();
        crypto.setDeviceIsolationMode(new cryptoApi.OnlySignedDevicesIsolationMode());
        await crypto.bootstrapCrossSigning({
            // For the first identity of a user it is enough to be logged in.
            authUploadDeviceSigningKeys: (upload) =>
                upload(null).catch((refused) =>
                    upload({
                        type: "m.login.password",
                        identifier,
                        password,
                        session: refused.data?.session,
                    }),
                ),
        });

        client.on(sdk.RoomEvent.MyMembership, (room, membership) => {
            if (membership === "invite") client.joinRoom(room.roomId).catch(fail);
        });
        // One after the other, for some take longer to tell.
        let told = Promise.resolve();
        const tellNext = (event) => (told = told.then(() => tell(event)).catch(fail));
        client.on(sdk.ClientEvent.Event, (event) => {
            if (!event.isEncrypted()) tellNext(event);
        });
        // A message may come before its sender's devices are known. The SDK tries again when it
        // gets a key; when it hears of devices, it leaves that to the next start.
        const failed = new Set();
        client.on(sdk.MatrixEventEvent.Decrypted, (event) => {
            if (event.isDecryptionFailure()) failed.add(event);
            else failed.delete(event);
            tellNext(event);
        });
        for (const news of deviceNews) {
            client.on(news, () => {
                for (const event of failed) {
                    event.attemptDecryption(crypto, { isRetry: true }).catch(fail);
                }
            });
        }
        const prepared = until([sdk.ClientEvent.Sync], () => client.isInitialSyncComplete());
        await client.startClient({ initialSyncLimit: 100 });
        await prepared;
        return session.device_id;
    },

    // A new encrypted direct chat, when the other one has joined it.
    async open_chat({ with: other }) {
        const { room_id: room } = await client.createRoom({
            preset: "trusted_private_chat",
            is_direct: true,
            invite: [other],
            initial_state: [
                {
                    type: "m.room.encryption",
                    state_key: "",
                    content: { algorithm: "m.megolm.v1.aes-sha2" },
                },
            ],
        });
        const direct = client.getAccountData("m.direct")?.getContent() ?? {};
        const chats = { ...direct, [other]: [...(direct[other] ?? []), room] };
        await client.setAccountData("m.direct", chats);
        const joined = () => client.getRoom(room)?.getMember(other)?.membership === "join";
        await until([sdk.RoomStateEvent.Members], joined);
        return room;
    },

    async say({ room, text }) {
        const { event_id: event } = await client.sendTextMessage(room, text);
        return event;
    },

    // Which devices somebody has, when any are known, and whether their owner has signed them.
    async devices({ of: other }) {
        const known = async () => {
            const devices = await client.getCrypto().getUserDeviceInfo([other]);
            return [...(devices.get(other)?.keys() ?? [])];
        };
        await until(deviceNews, async () => (await known()).length);
        const states = (await known()).map(async (id) => [id, await isSigned(other, id)]);
        return Object.fromEntries(await Promise.all(states));
    },

    // When it is known that the owner has signed the device.
    async trust({ of: other, device }) {
        await until(deviceNews, () => isSigned(other, device));
    },
};

async function isSigned(owner, device) {
    const status = await client.getCrypto().getDeviceVerificationStatus(owner, device);
    return status?.signedByOwner ?? null;
}

// A message is told again when its key, or what is to be known of its sender, comes late.
async function tell(event) {
    const encrypted = event.isEncrypted();
    const failed = event.isDecryptionFailure();
    const sender = event.getSender();
    if (sender === client.getUserId()) return;
    if (!failed && event.getType() !== "m.room.message") return;
    const device = event.getWireContent().device_id;
    write({
        heard: {
            event: event.getId(),
            room: event.getRoomId(),
            sender,
            content: failed ? null : event.getContent(),
            encrypted,
            failure: event.decryptionFailureReason,
            signed: encrypted && device ? await isSigned(sender, device) : null,
        },
    });
}

// When the condition holds, which is looked at now and at each of these events of the client.
function until(events, holds) {
    return new Promise((resolve, reject) => {
        const look = async () => {
            try {
                if (!(await holds())) return;
                resolve();
            } catch (error) {
                reject(error);
            }
            for (const event of events) client.off(event, look);
        };
        for (const event of events) client.on(event, look);
        look();
    });
}

function write(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}

function fail(error) {
    write({ failed: String(error?.message ?? error) });
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

for await (const line of createInterface({ input: process.stdin })) {
    const { id, do: command, ...given } = JSON.parse(line);
    commands[command](given).then(
        (answer = null) => write({ id, answer }),
        (error) => write({ id, error: String(error?.message ?? error) }),
    );
}
// The client's own requests would keep the program alive.
process.exit();
