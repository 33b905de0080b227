import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var BlobRef;
(function (BlobRef) {
    let _codec;
    BlobRef.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sha256 != null && obj.sha256.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sha256);
                }
                if ((obj.bytes != null && obj.bytes !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.bytes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sha256: uint8ArrayAlloc(0),
                    bytes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sha256 = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.bytes = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sha256`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.bytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BlobRef.codec());
    }
    BlobRef.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BlobRef.codec(), opts);
    }
    BlobRef.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BlobRef.codec(), opts);
    }
    BlobRef.stream = stream;
})(BlobRef || (BlobRef = {}));
export var LogRecord;
(function (LogRecord) {
    let _codec;
    LogRecord.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.seq);
                }
                if ((obj.prev != null && obj.prev.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.prev);
                }
                if (obj.announce != null) {
                    w.uint32(82);
                    Announce.codec().encode(obj.announce, w);
                }
                if (obj.scenes != null) {
                    w.uint32(90);
                    Scenes.codec().encode(obj.scenes, w);
                }
                if (obj.planned != null) {
                    w.uint32(98);
                    Planned.codec().encode(obj.planned, w);
                }
                if (obj.update != null) {
                    w.uint32(106);
                    Update.codec().encode(obj.update, w);
                }
                if (obj.accept != null) {
                    w.uint32(114);
                    Accept.codec().encode(obj.accept, w);
                }
                if (obj.end != null) {
                    w.uint32(122);
                    End.codec().encode(obj.end, w);
                }
                if (obj.withdraw != null) {
                    w.uint32(130);
                    Withdraw.codec().encode(obj.withdraw, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    epoch: 0,
                    seq: 0,
                    prev: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.prev = reader.bytes();
                            break;
                        }
                        case 10: {
                            obj.announce = Announce.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.announce
                            });
                            break;
                        }
                        case 11: {
                            obj.scenes = Scenes.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.scenes
                            });
                            break;
                        }
                        case 12: {
                            obj.planned = Planned.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.planned
                            });
                            break;
                        }
                        case 13: {
                            obj.update = Update.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.update
                            });
                            break;
                        }
                        case 14: {
                            obj.accept = Accept.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.accept
                            });
                            break;
                        }
                        case 15: {
                            obj.end = End.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.end
                            });
                            break;
                        }
                        case 16: {
                            obj.withdraw = Withdraw.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.withdraw
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.prev`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 10: {
                            yield* Announce.codec().stream(reader, reader.uint32(), `${prefix}.announce`, {
                                limits: opts.limits?.announce
                            });
                            break;
                        }
                        case 11: {
                            yield* Scenes.codec().stream(reader, reader.uint32(), `${prefix}.scenes`, {
                                limits: opts.limits?.scenes
                            });
                            break;
                        }
                        case 12: {
                            yield* Planned.codec().stream(reader, reader.uint32(), `${prefix}.planned`, {
                                limits: opts.limits?.planned
                            });
                            break;
                        }
                        case 13: {
                            yield* Update.codec().stream(reader, reader.uint32(), `${prefix}.update`, {
                                limits: opts.limits?.update
                            });
                            break;
                        }
                        case 14: {
                            yield* Accept.codec().stream(reader, reader.uint32(), `${prefix}.accept`, {
                                limits: opts.limits?.accept
                            });
                            break;
                        }
                        case 15: {
                            yield* End.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                                limits: opts.limits?.end
                            });
                            break;
                        }
                        case 16: {
                            yield* Withdraw.codec().stream(reader, reader.uint32(), `${prefix}.withdraw`, {
                                limits: opts.limits?.withdraw
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LogRecord.codec());
    }
    LogRecord.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LogRecord.codec(), opts);
    }
    LogRecord.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LogRecord.codec(), opts);
    }
    LogRecord.stream = stream;
})(LogRecord || (LogRecord = {}));
export var Announce;
(function (Announce) {
    let _codec;
    Announce.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.nonce);
                }
                if ((obj.title != null && obj.title !== '')) {
                    w.uint32(18);
                    w.string(obj.title);
                }
                if ((obj.encoder != null && obj.encoder !== '')) {
                    w.uint32(26);
                    w.string(obj.encoder);
                }
                if ((obj.encoderParams != null && obj.encoderParams !== '')) {
                    w.uint32(34);
                    w.string(obj.encoderParams);
                }
                if ((obj.encoderBuild != null && obj.encoderBuild !== '')) {
                    w.uint32(42);
                    w.string(obj.encoderBuild);
                }
                if ((obj.width != null && obj.width !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.width);
                }
                if ((obj.height != null && obj.height !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.height);
                }
                if ((obj.pixelFormat != null && obj.pixelFormat !== '')) {
                    w.uint32(66);
                    w.string(obj.pixelFormat);
                }
                if ((obj.bitDepth != null && obj.bitDepth !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.bitDepth);
                }
                if ((obj.fpsNum != null && obj.fpsNum !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.fpsNum);
                }
                if ((obj.fpsDen != null && obj.fpsDen !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.fpsDen);
                }
                if ((obj.primaries != null && obj.primaries !== '')) {
                    w.uint32(98);
                    w.string(obj.primaries);
                }
                if ((obj.transfer != null && obj.transfer !== '')) {
                    w.uint32(106);
                    w.string(obj.transfer);
                }
                if ((obj.matrix != null && obj.matrix !== '')) {
                    w.uint32(114);
                    w.string(obj.matrix);
                }
                if ((obj.range != null && obj.range !== '')) {
                    w.uint32(122);
                    w.string(obj.range);
                }
                if ((obj.framesEstimated != null && obj.framesEstimated !== 0)) {
                    w.uint32(128);
                    w.uint32(obj.framesEstimated);
                }
                if ((obj.priority != null && obj.priority !== 0)) {
                    w.uint32(137);
                    w.double(obj.priority);
                }
                if ((obj.createdAtMs != null && obj.createdAtMs !== 0)) {
                    w.uint32(144);
                    w.uint64Number(obj.createdAtMs);
                }
                if ((obj.sourceBytes != null && obj.sourceBytes !== 0)) {
                    w.uint32(152);
                    w.uint64Number(obj.sourceBytes);
                }
                if ((obj.encoderName != null && obj.encoderName !== '')) {
                    w.uint32(162);
                    w.string(obj.encoderName);
                }
                if ((obj.builds != null && obj.builds !== '')) {
                    w.uint32(170);
                    w.string(obj.builds);
                }
                if ((obj.threads != null && obj.threads !== '')) {
                    w.uint32(178);
                    w.string(obj.threads);
                }
                if ((obj.share != null && obj.share !== '')) {
                    w.uint32(186);
                    w.string(obj.share);
                }
                if (obj.picture != null) {
                    w.uint32(194);
                    Picture.codec().encode(obj.picture, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    nonce: uint8ArrayAlloc(0),
                    title: '',
                    encoder: '',
                    encoderParams: '',
                    encoderBuild: '',
                    width: 0,
                    height: 0,
                    pixelFormat: '',
                    bitDepth: 0,
                    fpsNum: 0,
                    fpsDen: 0,
                    primaries: '',
                    transfer: '',
                    matrix: '',
                    range: '',
                    framesEstimated: 0,
                    priority: 0,
                    createdAtMs: 0,
                    sourceBytes: 0,
                    encoderName: '',
                    builds: '',
                    threads: '',
                    share: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.title = reader.string();
                            break;
                        }
                        case 3: {
                            obj.encoder = reader.string();
                            break;
                        }
                        case 4: {
                            obj.encoderParams = reader.string();
                            break;
                        }
                        case 5: {
                            obj.encoderBuild = reader.string();
                            break;
                        }
                        case 6: {
                            obj.width = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.height = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.pixelFormat = reader.string();
                            break;
                        }
                        case 9: {
                            obj.bitDepth = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.fpsNum = reader.uint32();
                            break;
                        }
                        case 11: {
                            obj.fpsDen = reader.uint32();
                            break;
                        }
                        case 12: {
                            obj.primaries = reader.string();
                            break;
                        }
                        case 13: {
                            obj.transfer = reader.string();
                            break;
                        }
                        case 14: {
                            obj.matrix = reader.string();
                            break;
                        }
                        case 15: {
                            obj.range = reader.string();
                            break;
                        }
                        case 16: {
                            obj.framesEstimated = reader.uint32();
                            break;
                        }
                        case 17: {
                            obj.priority = reader.double();
                            break;
                        }
                        case 18: {
                            obj.createdAtMs = reader.uint64Number();
                            break;
                        }
                        case 19: {
                            obj.sourceBytes = reader.uint64Number();
                            break;
                        }
                        case 20: {
                            obj.encoderName = reader.string();
                            break;
                        }
                        case 21: {
                            obj.builds = reader.string();
                            break;
                        }
                        case 22: {
                            obj.threads = reader.string();
                            break;
                        }
                        case 23: {
                            obj.share = reader.string();
                            break;
                        }
                        case 24: {
                            obj.picture = Picture.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.picture
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.title`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.encoder`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.encoderParams`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.encoderBuild`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.width`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.height`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.pixelFormat`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.bitDepth`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.fpsNum`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.fpsDen`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.primaries`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 13: {
                            yield {
                                field: `${prefix}.transfer`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 14: {
                            yield {
                                field: `${prefix}.matrix`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 15: {
                            yield {
                                field: `${prefix}.range`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 16: {
                            yield {
                                field: `${prefix}.framesEstimated`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 17: {
                            yield {
                                field: `${prefix}.priority`,
                                value: reader.double()
                            };
                            break;
                        }
                        case 18: {
                            yield {
                                field: `${prefix}.createdAtMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 19: {
                            yield {
                                field: `${prefix}.sourceBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 20: {
                            yield {
                                field: `${prefix}.encoderName`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 21: {
                            yield {
                                field: `${prefix}.builds`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 22: {
                            yield {
                                field: `${prefix}.threads`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 23: {
                            yield {
                                field: `${prefix}.share`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 24: {
                            yield* Picture.codec().stream(reader, reader.uint32(), `${prefix}.picture`, {
                                limits: opts.limits?.picture
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Announce.codec());
    }
    Announce.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Announce.codec(), opts);
    }
    Announce.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Announce.codec(), opts);
    }
    Announce.stream = stream;
})(Announce || (Announce = {}));
export var Picture;
(function (Picture) {
    let _codec;
    Picture.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.width != null && obj.width !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.width);
                }
                if ((obj.height != null && obj.height !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.height);
                }
                if ((obj.bitDepth != null && obj.bitDepth !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.bitDepth);
                }
                if (obj.crop != null) {
                    w.uint32(34);
                    Box.codec().encode(obj.crop, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    width: 0,
                    height: 0,
                    bitDepth: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.width = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.height = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.bitDepth = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.crop = Box.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.crop
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.width`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.height`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.bitDepth`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield* Box.codec().stream(reader, reader.uint32(), `${prefix}.crop`, {
                                limits: opts.limits?.crop
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Picture.codec());
    }
    Picture.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Picture.codec(), opts);
    }
    Picture.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Picture.codec(), opts);
    }
    Picture.stream = stream;
})(Picture || (Picture = {}));
export var Box;
(function (Box) {
    let _codec;
    Box.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.x != null && obj.x !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.x);
                }
                if ((obj.y != null && obj.y !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.y);
                }
                if ((obj.width != null && obj.width !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.width);
                }
                if ((obj.height != null && obj.height !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.height);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    x: 0,
                    y: 0,
                    width: 0,
                    height: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.x = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.y = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.width = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.height = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.x`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.y`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.width`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.height`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Box.codec());
    }
    Box.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Box.codec(), opts);
    }
    Box.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Box.codec(), opts);
    }
    Box.stream = stream;
})(Box || (Box = {}));
export var ScenePlan;
(function (ScenePlan) {
    let _codec;
    ScenePlan.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.index != null && obj.index !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.index);
                }
                if ((obj.start != null && obj.start !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.start);
                }
                if ((obj.frames != null && obj.frames !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.frames);
                }
                if (obj.piece != null) {
                    w.uint32(34);
                    BlobRef.codec().encode(obj.piece, w);
                }
                if ((obj.skip != null && obj.skip !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.skip);
                }
                if ((obj.inputHash != null && obj.inputHash.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.inputHash);
                }
                if ((obj.encoderParams != null && obj.encoderParams !== '')) {
                    w.uint32(58);
                    w.string(obj.encoderParams);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    index: 0,
                    start: 0,
                    frames: 0,
                    skip: 0,
                    inputHash: uint8ArrayAlloc(0),
                    encoderParams: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.index = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.start = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.frames = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.piece = BlobRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.piece
                            });
                            break;
                        }
                        case 5: {
                            obj.skip = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.inputHash = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.encoderParams = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.index`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.start`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.frames`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield* BlobRef.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                                limits: opts.limits?.piece
                            });
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.skip`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.inputHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.encoderParams`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ScenePlan.codec());
    }
    ScenePlan.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ScenePlan.codec(), opts);
    }
    ScenePlan.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ScenePlan.codec(), opts);
    }
    ScenePlan.stream = stream;
})(ScenePlan || (ScenePlan = {}));
export var Scenes;
(function (Scenes) {
    let _codec;
    Scenes.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.scenes != null && obj.scenes.length > 0) {
                    for (const value of obj.scenes) {
                        w.uint32(10);
                        ScenePlan.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    scenes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.scenes != null && obj.scenes.length === opts.limits.scenes) {
                                throw new MaxLengthError('Decode error - repeated field "scenes" had too many elements');
                            }
                            obj.scenes.push(ScenePlan.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.scenes$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    scenes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.scenes != null && obj.scenes === opts.limits.scenes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "scenes" had too many elements');
                            }
                            for (const evt of ScenePlan.codec().stream(reader, reader.uint32(), `${prefix}.scenes[]`, {
                                limits: opts.limits?.scenes$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.scenes
                                };
                            }
                            obj.scenes++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Scenes.codec());
    }
    Scenes.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Scenes.codec(), opts);
    }
    Scenes.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Scenes.codec(), opts);
    }
    Scenes.stream = stream;
})(Scenes || (Scenes = {}));
export var Planned;
(function (Planned) {
    let _codec;
    Planned.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.scenes != null && obj.scenes !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.scenes);
                }
                if ((obj.frames != null && obj.frames !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.frames);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    scenes: 0,
                    frames: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.scenes = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.frames = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.scenes`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.frames`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Planned.codec());
    }
    Planned.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Planned.codec(), opts);
    }
    Planned.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Planned.codec(), opts);
    }
    Planned.stream = stream;
})(Planned || (Planned = {}));
export var Update;
(function (Update) {
    let _codec;
    Update.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.priority != null && obj.priority !== 0)) {
                    w.uint32(9);
                    w.double(obj.priority);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    priority: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.priority = reader.double();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.priority`,
                                value: reader.double()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Update.codec());
    }
    Update.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Update.codec(), opts);
    }
    Update.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Update.codec(), opts);
    }
    Update.stream = stream;
})(Update || (Update = {}));
export var Accept;
(function (Accept) {
    let _codec;
    Accept.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.scene != null && obj.scene !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.scene);
                }
                if (obj.result != null) {
                    w.uint32(18);
                    BlobRef.codec().encode(obj.result, w);
                }
                if ((obj.worker != null && obj.worker !== '')) {
                    w.uint32(26);
                    w.string(obj.worker);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.attempt != null && obj.attempt !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.attempt);
                }
                if ((obj.encodeMs != null && obj.encodeMs !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.encodeMs);
                }
                if (obj.quantiser != null) {
                    w.uint32(56);
                    w.uint32(obj.quantiser);
                }
                if (obj.maker != null) {
                    w.uint32(66);
                    Maker.codec().encode(obj.maker, w);
                }
                if ((obj.provedBy != null && obj.provedBy !== '')) {
                    w.uint32(74);
                    w.string(obj.provedBy);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    scene: 0,
                    worker: '',
                    epoch: 0,
                    attempt: 0,
                    encodeMs: 0,
                    provedBy: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.scene = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.result = BlobRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.result
                            });
                            break;
                        }
                        case 3: {
                            obj.worker = reader.string();
                            break;
                        }
                        case 4: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.attempt = reader.uint64Number();
                            break;
                        }
                        case 6: {
                            obj.encodeMs = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            obj.quantiser = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.maker = Maker.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.maker
                            });
                            break;
                        }
                        case 9: {
                            obj.provedBy = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.scene`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield* BlobRef.codec().stream(reader, reader.uint32(), `${prefix}.result`, {
                                limits: opts.limits?.result
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.worker`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.attempt`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.encodeMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.quantiser`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield* Maker.codec().stream(reader, reader.uint32(), `${prefix}.maker`, {
                                limits: opts.limits?.maker
                            });
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.provedBy`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Accept.codec());
    }
    Accept.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Accept.codec(), opts);
    }
    Accept.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Accept.codec(), opts);
    }
    Accept.stream = stream;
})(Accept || (Accept = {}));
export var Withdraw;
(function (Withdraw) {
    let _codec;
    Withdraw.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.worker != null && obj.worker !== '')) {
                    w.uint32(10);
                    w.string(obj.worker);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    worker: '',
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.worker = reader.string();
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.worker`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Withdraw.codec());
    }
    Withdraw.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Withdraw.codec(), opts);
    }
    Withdraw.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Withdraw.codec(), opts);
    }
    Withdraw.stream = stream;
})(Withdraw || (Withdraw = {}));
export var Maker;
(function (Maker) {
    let _codec;
    Maker.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.encoderBuild != null && obj.encoderBuild !== '')) {
                    w.uint32(10);
                    w.string(obj.encoderBuild);
                }
                if ((obj.probe != null && obj.probe.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.probe);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    encoderBuild: '',
                    probe: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.encoderBuild = reader.string();
                            break;
                        }
                        case 2: {
                            obj.probe = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.encoderBuild`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.probe`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Maker.codec());
    }
    Maker.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Maker.codec(), opts);
    }
    Maker.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Maker.codec(), opts);
    }
    Maker.stream = stream;
})(Maker || (Maker = {}));
export var End;
(function (End) {
    let _codec;
    End.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.state != null && obj.state !== '')) {
                    w.uint32(10);
                    w.string(obj.state);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if ((obj.outputSha256 != null && obj.outputSha256.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.outputSha256);
                }
                if ((obj.outputBytes != null && obj.outputBytes !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.outputBytes);
                }
                if ((obj.endedAtMs != null && obj.endedAtMs !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.endedAtMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    state: '',
                    reason: '',
                    outputSha256: uint8ArrayAlloc(0),
                    outputBytes: 0,
                    endedAtMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.state = reader.string();
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        case 3: {
                            obj.outputSha256 = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.outputBytes = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.endedAtMs = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.state`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.outputSha256`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.outputBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.endedAtMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, End.codec());
    }
    End.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, End.codec(), opts);
    }
    End.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, End.codec(), opts);
    }
    End.stream = stream;
})(End || (End = {}));
export var LeaseClaim;
(function (LeaseClaim) {
    let _codec;
    LeaseClaim.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.owner != null && obj.owner !== '')) {
                    w.uint32(18);
                    w.string(obj.owner);
                }
                if ((obj.claimId != null && obj.claimId.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.claimId);
                }
                if ((obj.encoderBuild != null && obj.encoderBuild !== '')) {
                    w.uint32(34);
                    w.string(obj.encoderBuild);
                }
                if ((obj.prefetch != null && obj.prefetch !== false)) {
                    w.uint32(40);
                    w.bool(obj.prefetch);
                }
                if (obj.probe != null) {
                    w.uint32(50);
                    Probe.codec().encode(obj.probe, w);
                }
                if ((obj.slots != null && obj.slots !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.slots);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    owner: '',
                    claimId: uint8ArrayAlloc(0),
                    encoderBuild: '',
                    prefetch: false,
                    slots: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.owner = reader.string();
                            break;
                        }
                        case 3: {
                            obj.claimId = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.encoderBuild = reader.string();
                            break;
                        }
                        case 5: {
                            obj.prefetch = reader.bool();
                            break;
                        }
                        case 6: {
                            obj.probe = Probe.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.probe
                            });
                            break;
                        }
                        case 7: {
                            obj.slots = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.owner`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.claimId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.encoderBuild`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.prefetch`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 6: {
                            yield* Probe.codec().stream(reader, reader.uint32(), `${prefix}.probe`, {
                                limits: opts.limits?.probe
                            });
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.slots`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseClaim.codec());
    }
    LeaseClaim.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseClaim.codec(), opts);
    }
    LeaseClaim.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseClaim.codec(), opts);
    }
    LeaseClaim.stream = stream;
})(LeaseClaim || (LeaseClaim = {}));
export var Probe;
(function (Probe) {
    let _codec;
    Probe.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.frames != null && obj.frames.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.frames);
                }
                if ((obj.header != null && obj.header.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.header);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    frames: uint8ArrayAlloc(0),
                    header: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.frames = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.header = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.frames`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.header`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Probe.codec());
    }
    Probe.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Probe.codec(), opts);
    }
    Probe.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Probe.codec(), opts);
    }
    Probe.stream = stream;
})(Probe || (Probe = {}));
export var LeaseGrant;
(function (LeaseGrant) {
    let _codec;
    LeaseGrant.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.claim);
                }
                if ((obj.scene != null && obj.scene !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.scene);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.attempt != null && obj.attempt !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.attempt);
                }
                if ((obj.ttlMs != null && obj.ttlMs !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.ttlMs);
                }
                if ((obj.hardMs != null && obj.hardMs !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.hardMs);
                }
                if (obj.holders != null && obj.holders.length > 0) {
                    for (const value of obj.holders) {
                        w.uint32(58);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    claim: uint8ArrayAlloc(0),
                    scene: 0,
                    epoch: 0,
                    attempt: 0,
                    ttlMs: 0,
                    hardMs: 0,
                    holders: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.scene = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.attempt = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.ttlMs = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.hardMs = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            if (opts.limits?.holders != null && obj.holders.length === opts.limits.holders) {
                                throw new MaxLengthError('Decode error - repeated field "holders" had too many elements');
                            }
                            obj.holders.push(reader.string());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    holders: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.claim`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.scene`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.attempt`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.ttlMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.hardMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            if (opts.limits?.holders != null && obj.holders === opts.limits.holders) {
                                throw new MaxLengthError('Streaming decode error - repeated field "holders" had too many elements');
                            }
                            yield {
                                field: `${prefix}.holders[]`,
                                index: obj.holders,
                                value: reader.string()
                            };
                            obj.holders++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseGrant.codec());
    }
    LeaseGrant.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseGrant.codec(), opts);
    }
    LeaseGrant.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseGrant.codec(), opts);
    }
    LeaseGrant.stream = stream;
})(LeaseGrant || (LeaseGrant = {}));
export var Token;
(function (Token) {
    let _codec;
    Token.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.scene != null && obj.scene !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.scene);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.attempt != null && obj.attempt !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.attempt);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    scene: 0,
                    epoch: 0,
                    attempt: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.scene = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.attempt = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.scene`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.attempt`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Token.codec());
    }
    Token.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Token.codec(), opts);
    }
    Token.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Token.codec(), opts);
    }
    Token.stream = stream;
})(Token || (Token = {}));
export var SessionMessage;
(function (SessionMessage) {
    let _codec;
    SessionMessage.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.claim);
                }
                if ((obj.grant != null && obj.grant.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.grant);
                }
                if (obj.noWork != null) {
                    w.uint32(26);
                    NoWork.codec().encode(obj.noWork, w);
                }
                if (obj.wake != null) {
                    w.uint32(34);
                    Wake.codec().encode(obj.wake, w);
                }
                if (obj.renew != null) {
                    w.uint32(42);
                    Renew.codec().encode(obj.renew, w);
                }
                if (obj.result != null) {
                    w.uint32(50);
                    Result.codec().encode(obj.result, w);
                }
                if (obj.release != null) {
                    w.uint32(58);
                    Release.codec().encode(obj.release, w);
                }
                if (obj.revoke != null) {
                    w.uint32(66);
                    Revoke.codec().encode(obj.revoke, w);
                }
                if (obj.settled != null) {
                    w.uint32(74);
                    Settled.codec().encode(obj.settled, w);
                }
                if ((obj.present != null && obj.present.byteLength > 0)) {
                    w.uint32(82);
                    w.bytes(obj.present);
                }
                if (obj.away != null) {
                    w.uint32(90);
                    Away.codec().encode(obj.away, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    claim: uint8ArrayAlloc(0),
                    grant: uint8ArrayAlloc(0),
                    present: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.grant = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.noWork = NoWork.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.noWork
                            });
                            break;
                        }
                        case 4: {
                            obj.wake = Wake.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.wake
                            });
                            break;
                        }
                        case 5: {
                            obj.renew = Renew.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.renew
                            });
                            break;
                        }
                        case 6: {
                            obj.result = Result.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.result
                            });
                            break;
                        }
                        case 7: {
                            obj.release = Release.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.release
                            });
                            break;
                        }
                        case 8: {
                            obj.revoke = Revoke.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.revoke
                            });
                            break;
                        }
                        case 9: {
                            obj.settled = Settled.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.settled
                            });
                            break;
                        }
                        case 10: {
                            obj.present = reader.bytes();
                            break;
                        }
                        case 11: {
                            obj.away = Away.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.away
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.claim`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.grant`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield* NoWork.codec().stream(reader, reader.uint32(), `${prefix}.noWork`, {
                                limits: opts.limits?.noWork
                            });
                            break;
                        }
                        case 4: {
                            yield* Wake.codec().stream(reader, reader.uint32(), `${prefix}.wake`, {
                                limits: opts.limits?.wake
                            });
                            break;
                        }
                        case 5: {
                            yield* Renew.codec().stream(reader, reader.uint32(), `${prefix}.renew`, {
                                limits: opts.limits?.renew
                            });
                            break;
                        }
                        case 6: {
                            yield* Result.codec().stream(reader, reader.uint32(), `${prefix}.result`, {
                                limits: opts.limits?.result
                            });
                            break;
                        }
                        case 7: {
                            yield* Release.codec().stream(reader, reader.uint32(), `${prefix}.release`, {
                                limits: opts.limits?.release
                            });
                            break;
                        }
                        case 8: {
                            yield* Revoke.codec().stream(reader, reader.uint32(), `${prefix}.revoke`, {
                                limits: opts.limits?.revoke
                            });
                            break;
                        }
                        case 9: {
                            yield* Settled.codec().stream(reader, reader.uint32(), `${prefix}.settled`, {
                                limits: opts.limits?.settled
                            });
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.present`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 11: {
                            yield* Away.codec().stream(reader, reader.uint32(), `${prefix}.away`, {
                                limits: opts.limits?.away
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SessionMessage.codec());
    }
    SessionMessage.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SessionMessage.codec(), opts);
    }
    SessionMessage.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SessionMessage.codec(), opts);
    }
    SessionMessage.stream = stream;
})(SessionMessage || (SessionMessage = {}));
export var NoWork;
(function (NoWork) {
    let _codec;
    NoWork.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.claimId != null && obj.claimId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.claimId);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if ((obj.code != null && obj.code !== '')) {
                    w.uint32(26);
                    w.string(obj.code);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    claimId: uint8ArrayAlloc(0),
                    reason: '',
                    code: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.claimId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        case 3: {
                            obj.code = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.claimId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.code`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, NoWork.codec());
    }
    NoWork.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, NoWork.codec(), opts);
    }
    NoWork.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, NoWork.codec(), opts);
    }
    NoWork.stream = stream;
})(NoWork || (NoWork = {}));
export var Wake;
(function (Wake) {
    let _codec;
    Wake.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Wake.codec());
    }
    Wake.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Wake.codec(), opts);
    }
    Wake.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Wake.codec(), opts);
    }
    Wake.stream = stream;
})(Wake || (Wake = {}));
export var Renew;
(function (Renew) {
    let _codec;
    Renew.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.token != null) {
                    w.uint32(10);
                    Token.codec().encode(obj.token, w);
                }
                if ((obj.pass != null && obj.pass !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.pass);
                }
                if ((obj.frames != null && obj.frames !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.frames);
                }
                if ((obj.paused != null && obj.paused !== false)) {
                    w.uint32(32);
                    w.bool(obj.paused);
                }
                if ((obj.fetched != null && obj.fetched !== false)) {
                    w.uint32(40);
                    w.bool(obj.fetched);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    pass: 0,
                    frames: 0,
                    paused: false,
                    fetched: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.token = Token.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            obj.pass = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.frames = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.paused = reader.bool();
                            break;
                        }
                        case 5: {
                            obj.fetched = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Token.codec().stream(reader, reader.uint32(), `${prefix}.token`, {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.pass`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.frames`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.paused`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.fetched`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Renew.codec());
    }
    Renew.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Renew.codec(), opts);
    }
    Renew.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Renew.codec(), opts);
    }
    Renew.stream = stream;
})(Renew || (Renew = {}));
export var Away;
(function (Away) {
    let _codec;
    Away.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.forMs != null && obj.forMs !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.forMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    forMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.forMs = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.forMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Away.codec());
    }
    Away.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Away.codec(), opts);
    }
    Away.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Away.codec(), opts);
    }
    Away.stream = stream;
})(Away || (Away = {}));
export var Result;
(function (Result) {
    let _codec;
    Result.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.token != null) {
                    w.uint32(10);
                    Token.codec().encode(obj.token, w);
                }
                if (obj.blob != null) {
                    w.uint32(18);
                    BlobRef.codec().encode(obj.blob, w);
                }
                if ((obj.encodeMs != null && obj.encodeMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.encodeMs);
                }
                if (obj.quantiser != null) {
                    w.uint32(32);
                    w.uint32(obj.quantiser);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    encodeMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.token = Token.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            obj.blob = BlobRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.blob
                            });
                            break;
                        }
                        case 3: {
                            obj.encodeMs = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.quantiser = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Token.codec().stream(reader, reader.uint32(), `${prefix}.token`, {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            yield* BlobRef.codec().stream(reader, reader.uint32(), `${prefix}.blob`, {
                                limits: opts.limits?.blob
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.encodeMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.quantiser`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Result.codec());
    }
    Result.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Result.codec(), opts);
    }
    Result.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Result.codec(), opts);
    }
    Result.stream = stream;
})(Result || (Result = {}));
export var Release;
(function (Release) {
    let _codec;
    Release.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.token != null) {
                    w.uint32(10);
                    Token.codec().encode(obj.token, w);
                }
                if ((obj.kind != null && obj.kind !== '')) {
                    w.uint32(18);
                    w.string(obj.kind);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(26);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    kind: '',
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.token = Token.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            obj.kind = reader.string();
                            break;
                        }
                        case 3: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Token.codec().stream(reader, reader.uint32(), `${prefix}.token`, {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Release.codec());
    }
    Release.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Release.codec(), opts);
    }
    Release.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Release.codec(), opts);
    }
    Release.stream = stream;
})(Release || (Release = {}));
export var Revoke;
(function (Revoke) {
    let _codec;
    Revoke.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.token != null) {
                    w.uint32(10);
                    Token.codec().encode(obj.token, w);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.token = Token.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Token.codec().stream(reader, reader.uint32(), `${prefix}.token`, {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Revoke.codec());
    }
    Revoke.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Revoke.codec(), opts);
    }
    Revoke.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Revoke.codec(), opts);
    }
    Revoke.stream = stream;
})(Revoke || (Revoke = {}));
export var Settled;
(function (Settled) {
    let _codec;
    Settled.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.token != null) {
                    w.uint32(10);
                    Token.codec().encode(obj.token, w);
                }
                if ((obj.accepted != null && obj.accepted !== false)) {
                    w.uint32(16);
                    w.bool(obj.accepted);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(26);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    accepted: false,
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.token = Token.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            obj.accepted = reader.bool();
                            break;
                        }
                        case 3: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Token.codec().stream(reader, reader.uint32(), `${prefix}.token`, {
                                limits: opts.limits?.token
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.accepted`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Settled.codec());
    }
    Settled.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Settled.codec(), opts);
    }
    Settled.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Settled.codec(), opts);
    }
    Settled.stream = stream;
})(Settled || (Settled = {}));
export var LiveLease;
(function (LiveLease) {
    let _codec;
    LiveLease.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.scene != null && obj.scene !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.scene);
                }
                if ((obj.worker != null && obj.worker !== '')) {
                    w.uint32(18);
                    w.string(obj.worker);
                }
                if ((obj.attempt != null && obj.attempt !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.attempt);
                }
                if ((obj.pass != null && obj.pass !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.pass);
                }
                if ((obj.frames != null && obj.frames !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.frames);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    scene: 0,
                    worker: '',
                    attempt: 0,
                    pass: 0,
                    frames: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.scene = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.worker = reader.string();
                            break;
                        }
                        case 3: {
                            obj.attempt = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.pass = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.frames = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.scene`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.worker`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.attempt`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.pass`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.frames`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LiveLease.codec());
    }
    LiveLease.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LiveLease.codec(), opts);
    }
    LiveLease.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LiveLease.codec(), opts);
    }
    LiveLease.stream = stream;
})(LiveLease || (LiveLease = {}));
export var Beat;
(function (Beat) {
    let _codec;
    Beat.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.beatNo != null && obj.beatNo !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.beatNo);
                }
                if ((obj.state != null && obj.state !== '')) {
                    w.uint32(34);
                    w.string(obj.state);
                }
                if ((obj.sceneStates != null && obj.sceneStates.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.sceneStates);
                }
                if (obj.leases != null && obj.leases.length > 0) {
                    for (const value of obj.leases) {
                        w.uint32(50);
                        LiveLease.codec().encode(value, w);
                    }
                }
                if ((obj.fps != null && obj.fps !== 0)) {
                    w.uint32(57);
                    w.double(obj.fps);
                }
                if (obj.failures != null && obj.failures.length > 0) {
                    for (const value of obj.failures) {
                        w.uint32(66);
                        SceneFailure.codec().encode(value, w);
                    }
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(72);
                    w.uint64Number(obj.seq);
                }
                if (obj.waits != null) {
                    w.uint32(82);
                    Waits.codec().encode(obj.waits, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    epoch: 0,
                    beatNo: 0,
                    state: '',
                    sceneStates: uint8ArrayAlloc(0),
                    leases: [],
                    fps: 0,
                    failures: [],
                    seq: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.beatNo = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.state = reader.string();
                            break;
                        }
                        case 5: {
                            obj.sceneStates = reader.bytes();
                            break;
                        }
                        case 6: {
                            if (opts.limits?.leases != null && obj.leases.length === opts.limits.leases) {
                                throw new MaxLengthError('Decode error - repeated field "leases" had too many elements');
                            }
                            obj.leases.push(LiveLease.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.leases$
                            }));
                            break;
                        }
                        case 7: {
                            obj.fps = reader.double();
                            break;
                        }
                        case 8: {
                            if (opts.limits?.failures != null && obj.failures.length === opts.limits.failures) {
                                throw new MaxLengthError('Decode error - repeated field "failures" had too many elements');
                            }
                            obj.failures.push(SceneFailure.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.failures$
                            }));
                            break;
                        }
                        case 9: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 10: {
                            obj.waits = Waits.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.waits
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    leases: 0,
                    failures: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.beatNo`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.state`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.sceneStates`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            if (opts.limits?.leases != null && obj.leases === opts.limits.leases) {
                                throw new MaxLengthError('Streaming decode error - repeated field "leases" had too many elements');
                            }
                            for (const evt of LiveLease.codec().stream(reader, reader.uint32(), `${prefix}.leases[]`, {
                                limits: opts.limits?.leases$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.leases
                                };
                            }
                            obj.leases++;
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.fps`,
                                value: reader.double()
                            };
                            break;
                        }
                        case 8: {
                            if (opts.limits?.failures != null && obj.failures === opts.limits.failures) {
                                throw new MaxLengthError('Streaming decode error - repeated field "failures" had too many elements');
                            }
                            for (const evt of SceneFailure.codec().stream(reader, reader.uint32(), `${prefix}.failures[]`, {
                                limits: opts.limits?.failures$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.failures
                                };
                            }
                            obj.failures++;
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 10: {
                            yield* Waits.codec().stream(reader, reader.uint32(), `${prefix}.waits`, {
                                limits: opts.limits?.waits
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Beat.codec());
    }
    Beat.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Beat.codec(), opts);
    }
    Beat.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Beat.codec(), opts);
    }
    Beat.stream = stream;
})(Beat || (Beat = {}));
export var Waits;
(function (Waits) {
    let _codec;
    Waits.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.code != null && obj.code !== '')) {
                    w.uint32(10);
                    w.string(obj.code);
                }
                if ((obj.detail != null && obj.detail !== '')) {
                    w.uint32(18);
                    w.string(obj.detail);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    code: '',
                    detail: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.code = reader.string();
                            break;
                        }
                        case 2: {
                            obj.detail = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.code`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.detail`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Waits.codec());
    }
    Waits.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Waits.codec(), opts);
    }
    Waits.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Waits.codec(), opts);
    }
    Waits.stream = stream;
})(Waits || (Waits = {}));
export var SceneFailure;
(function (SceneFailure) {
    let _codec;
    SceneFailure.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.scene != null && obj.scene !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.scene);
                }
                if ((obj.attempts != null && obj.attempts !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.attempts);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(26);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    scene: 0,
                    attempts: 0,
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.scene = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.attempts = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.scene`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.attempts`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SceneFailure.codec());
    }
    SceneFailure.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SceneFailure.codec(), opts);
    }
    SceneFailure.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SceneFailure.codec(), opts);
    }
    SceneFailure.stream = stream;
})(SceneFailure || (SceneFailure = {}));
export var ToldIdle;
(function (ToldIdle) {
    let _codec;
    ToldIdle.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.code != null && obj.code !== '')) {
                    w.uint32(18);
                    w.string(obj.code);
                }
                if ((obj.detail != null && obj.detail !== '')) {
                    w.uint32(26);
                    w.string(obj.detail);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    code: '',
                    detail: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.code = reader.string();
                            break;
                        }
                        case 3: {
                            obj.detail = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.code`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.detail`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ToldIdle.codec());
    }
    ToldIdle.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ToldIdle.codec(), opts);
    }
    ToldIdle.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ToldIdle.codec(), opts);
    }
    ToldIdle.stream = stream;
})(ToldIdle || (ToldIdle = {}));
export var NodeInfo;
(function (NodeInfo) {
    let _codec;
    NodeInfo.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(10);
                    w.string(obj.name);
                }
                if ((obj.version != null && obj.version !== '')) {
                    w.uint32(18);
                    w.string(obj.version);
                }
                if ((obj.slots != null && obj.slots !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.slots);
                }
                if ((obj.busy != null && obj.busy !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.busy);
                }
                if (obj.encoders != null && obj.encoders.length > 0) {
                    for (const value of obj.encoders) {
                        w.uint32(42);
                        w.string(value);
                    }
                }
                if ((obj.health != null && obj.health !== '')) {
                    w.uint32(50);
                    w.string(obj.health);
                }
                if ((obj.paused != null && obj.paused !== false)) {
                    w.uint32(56);
                    w.bool(obj.paused);
                }
                if (obj.idle != null && obj.idle.length > 0) {
                    for (const value of obj.idle) {
                        w.uint32(66);
                        ToldIdle.codec().encode(value, w);
                    }
                }
                if ((obj.awayMs != null && obj.awayMs !== 0)) {
                    w.uint32(96);
                    w.uint64Number(obj.awayMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    name: '',
                    version: '',
                    slots: 0,
                    busy: 0,
                    encoders: [],
                    health: '',
                    paused: false,
                    idle: [],
                    awayMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.name = reader.string();
                            break;
                        }
                        case 2: {
                            obj.version = reader.string();
                            break;
                        }
                        case 3: {
                            obj.slots = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.busy = reader.uint32();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.encoders != null && obj.encoders.length === opts.limits.encoders) {
                                throw new MaxLengthError('Decode error - repeated field "encoders" had too many elements');
                            }
                            obj.encoders.push(reader.string());
                            break;
                        }
                        case 6: {
                            obj.health = reader.string();
                            break;
                        }
                        case 7: {
                            obj.paused = reader.bool();
                            break;
                        }
                        case 8: {
                            if (opts.limits?.idle != null && obj.idle.length === opts.limits.idle) {
                                throw new MaxLengthError('Decode error - repeated field "idle" had too many elements');
                            }
                            obj.idle.push(ToldIdle.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.idle$
                            }));
                            break;
                        }
                        case 12: {
                            obj.awayMs = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    encoders: 0,
                    idle: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.slots`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.busy`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.encoders != null && obj.encoders === opts.limits.encoders) {
                                throw new MaxLengthError('Streaming decode error - repeated field "encoders" had too many elements');
                            }
                            yield {
                                field: `${prefix}.encoders[]`,
                                index: obj.encoders,
                                value: reader.string()
                            };
                            obj.encoders++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.health`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.paused`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 8: {
                            if (opts.limits?.idle != null && obj.idle === opts.limits.idle) {
                                throw new MaxLengthError('Streaming decode error - repeated field "idle" had too many elements');
                            }
                            for (const evt of ToldIdle.codec().stream(reader, reader.uint32(), `${prefix}.idle[]`, {
                                limits: opts.limits?.idle$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.idle
                                };
                            }
                            obj.idle++;
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.awayMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, NodeInfo.codec());
    }
    NodeInfo.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, NodeInfo.codec(), opts);
    }
    NodeInfo.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, NodeInfo.codec(), opts);
    }
    NodeInfo.stream = stream;
})(NodeInfo || (NodeInfo = {}));
export var BlobRequest;
(function (BlobRequest) {
    let _codec;
    BlobRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sha256 != null && obj.sha256.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sha256);
                }
                if ((obj.offset != null && obj.offset !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.offset);
                }
                if ((obj.probe != null && obj.probe !== false)) {
                    w.uint32(24);
                    w.bool(obj.probe);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sha256: uint8ArrayAlloc(0),
                    offset: 0,
                    probe: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sha256 = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.offset = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.probe = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sha256`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.offset`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.probe`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BlobRequest.codec());
    }
    BlobRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BlobRequest.codec(), opts);
    }
    BlobRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BlobRequest.codec(), opts);
    }
    BlobRequest.stream = stream;
})(BlobRequest || (BlobRequest = {}));
export var BlobHeader;
(function (BlobHeader) {
    let _codec;
    BlobHeader.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== '')) {
                    w.uint32(10);
                    w.string(obj.status);
                }
                if ((obj.bytes != null && obj.bytes !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.bytes);
                }
                if ((obj.chunkHashes != null && obj.chunkHashes.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.chunkHashes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: '',
                    bytes: 0,
                    chunkHashes: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.string();
                            break;
                        }
                        case 2: {
                            obj.bytes = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.chunkHashes = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.bytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.chunkHashes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BlobHeader.codec());
    }
    BlobHeader.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BlobHeader.codec(), opts);
    }
    BlobHeader.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BlobHeader.codec(), opts);
    }
    BlobHeader.stream = stream;
})(BlobHeader || (BlobHeader = {}));
export var BlobReceipt;
(function (BlobReceipt) {
    let _codec;
    BlobReceipt.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sha256 != null && obj.sha256.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sha256);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sha256: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sha256 = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sha256`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BlobReceipt.codec());
    }
    BlobReceipt.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BlobReceipt.codec(), opts);
    }
    BlobReceipt.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BlobReceipt.codec(), opts);
    }
    BlobReceipt.stream = stream;
})(BlobReceipt || (BlobReceipt = {}));
export var Head;
(function (Head) {
    let _codec;
    Head.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.seq);
                }
                if ((obj.frozen != null && obj.frozen !== false)) {
                    w.uint32(32);
                    w.bool(obj.frozen);
                }
                if ((obj.hash != null && obj.hash.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.hash);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    epoch: 0,
                    seq: 0,
                    frozen: false,
                    hash: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.frozen = reader.bool();
                            break;
                        }
                        case 5: {
                            obj.hash = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.frozen`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.hash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Head.codec());
    }
    Head.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Head.codec(), opts);
    }
    Head.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Head.codec(), opts);
    }
    Head.stream = stream;
})(Head || (Head = {}));
export var SyncRequest;
(function (SyncRequest) {
    let _codec;
    SyncRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.heads != null && obj.heads.length > 0) {
                    for (const value of obj.heads) {
                        w.uint32(10);
                        Head.codec().encode(value, w);
                    }
                }
                if ((obj.news != null && obj.news !== false)) {
                    w.uint32(16);
                    w.bool(obj.news);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    heads: [],
                    news: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.heads != null && obj.heads.length === opts.limits.heads) {
                                throw new MaxLengthError('Decode error - repeated field "heads" had too many elements');
                            }
                            obj.heads.push(Head.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.heads$
                            }));
                            break;
                        }
                        case 2: {
                            obj.news = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    heads: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.heads != null && obj.heads === opts.limits.heads) {
                                throw new MaxLengthError('Streaming decode error - repeated field "heads" had too many elements');
                            }
                            for (const evt of Head.codec().stream(reader, reader.uint32(), `${prefix}.heads[]`, {
                                limits: opts.limits?.heads$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.heads
                                };
                            }
                            obj.heads++;
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.news`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncRequest.codec());
    }
    SyncRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.stream = stream;
})(SyncRequest || (SyncRequest = {}));
export var SyncReply;
(function (SyncReply) {
    let _codec;
    SyncReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.records != null && obj.records.length > 0) {
                    for (const value of obj.records) {
                        w.uint32(10);
                        w.bytes(value);
                    }
                }
                if (obj.beats != null && obj.beats.length > 0) {
                    for (const value of obj.beats) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.more != null && obj.more !== false)) {
                    w.uint32(24);
                    w.bool(obj.more);
                }
                if (obj.titles != null && obj.titles.length > 0) {
                    for (const value of obj.titles) {
                        w.uint32(34);
                        ProjectTitle.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    records: [],
                    beats: [],
                    more: false,
                    titles: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.records != null && obj.records.length === opts.limits.records) {
                                throw new MaxLengthError('Decode error - repeated field "records" had too many elements');
                            }
                            obj.records.push(reader.bytes());
                            break;
                        }
                        case 2: {
                            if (opts.limits?.beats != null && obj.beats.length === opts.limits.beats) {
                                throw new MaxLengthError('Decode error - repeated field "beats" had too many elements');
                            }
                            obj.beats.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.more = reader.bool();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.titles != null && obj.titles.length === opts.limits.titles) {
                                throw new MaxLengthError('Decode error - repeated field "titles" had too many elements');
                            }
                            obj.titles.push(ProjectTitle.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.titles$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    records: 0,
                    beats: 0,
                    titles: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.records != null && obj.records === opts.limits.records) {
                                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements');
                            }
                            yield {
                                field: `${prefix}.records[]`,
                                index: obj.records,
                                value: reader.bytes()
                            };
                            obj.records++;
                            break;
                        }
                        case 2: {
                            if (opts.limits?.beats != null && obj.beats === opts.limits.beats) {
                                throw new MaxLengthError('Streaming decode error - repeated field "beats" had too many elements');
                            }
                            yield {
                                field: `${prefix}.beats[]`,
                                index: obj.beats,
                                value: reader.bytes()
                            };
                            obj.beats++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.more`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.titles != null && obj.titles === opts.limits.titles) {
                                throw new MaxLengthError('Streaming decode error - repeated field "titles" had too many elements');
                            }
                            for (const evt of ProjectTitle.codec().stream(reader, reader.uint32(), `${prefix}.titles[]`, {
                                limits: opts.limits?.titles$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.titles
                                };
                            }
                            obj.titles++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncReply.codec());
    }
    SyncReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncReply.codec(), opts);
    }
    SyncReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncReply.codec(), opts);
    }
    SyncReply.stream = stream;
})(SyncReply || (SyncReply = {}));
export var ProjectTitle;
(function (ProjectTitle) {
    let _codec;
    ProjectTitle.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.title != null && obj.title !== '')) {
                    w.uint32(18);
                    w.string(obj.title);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    title: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.title = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.title`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ProjectTitle.codec());
    }
    ProjectTitle.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ProjectTitle.codec(), opts);
    }
    ProjectTitle.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ProjectTitle.codec(), opts);
    }
    ProjectTitle.stream = stream;
})(ProjectTitle || (ProjectTitle = {}));
export var Command;
(function (Command) {
    let _codec;
    Command.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.projectId != null && obj.projectId !== '')) {
                    w.uint32(10);
                    w.string(obj.projectId);
                }
                if ((obj.owner != null && obj.owner !== '')) {
                    w.uint32(18);
                    w.string(obj.owner);
                }
                if ((obj.commandId != null && obj.commandId.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.commandId);
                }
                if ((obj.kind != null && obj.kind !== '')) {
                    w.uint32(34);
                    w.string(obj.kind);
                }
                if ((obj.priority != null && obj.priority !== 0)) {
                    w.uint32(41);
                    w.double(obj.priority);
                }
                if ((obj.output != null && obj.output !== '')) {
                    w.uint32(50);
                    w.string(obj.output);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    projectId: '',
                    owner: '',
                    commandId: uint8ArrayAlloc(0),
                    kind: '',
                    priority: 0,
                    output: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.projectId = reader.string();
                            break;
                        }
                        case 2: {
                            obj.owner = reader.string();
                            break;
                        }
                        case 3: {
                            obj.commandId = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.kind = reader.string();
                            break;
                        }
                        case 5: {
                            obj.priority = reader.double();
                            break;
                        }
                        case 6: {
                            obj.output = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.projectId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.owner`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.commandId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.priority`,
                                value: reader.double()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.output`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Command.codec());
    }
    Command.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Command.codec(), opts);
    }
    Command.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Command.codec(), opts);
    }
    Command.stream = stream;
})(Command || (Command = {}));
export var CommandReply;
(function (CommandReply) {
    let _codec;
    CommandReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.commandId != null && obj.commandId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.commandId);
                }
                if ((obj.status != null && obj.status !== '')) {
                    w.uint32(18);
                    w.string(obj.status);
                }
                if ((obj.message != null && obj.message !== '')) {
                    w.uint32(26);
                    w.string(obj.message);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    commandId: uint8ArrayAlloc(0),
                    status: '',
                    message: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.commandId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.status = reader.string();
                            break;
                        }
                        case 3: {
                            obj.message = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.commandId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.message`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CommandReply.codec());
    }
    CommandReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CommandReply.codec(), opts);
    }
    CommandReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CommandReply.codec(), opts);
    }
    CommandReply.stream = stream;
})(CommandReply || (CommandReply = {}));
export var Invite;
(function (Invite) {
    let _codec;
    Invite.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.expiresAtMs);
                }
                if ((obj.swarm != null && obj.swarm.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.swarm);
                }
                if ((obj.secret != null && obj.secret.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.secret);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    expiresAtMs: 0,
                    swarm: uint8ArrayAlloc(0),
                    secret: uint8ArrayAlloc(0),
                    addresses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.expiresAtMs = reader.uint64Number();
                            break;
                        }
                        case 2: {
                            obj.swarm = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.secret = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addresses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.expiresAtMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.swarm`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.secret`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.bytes()
                            };
                            obj.addresses++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Invite.codec());
    }
    Invite.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Invite.codec(), opts);
    }
    Invite.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Invite.codec(), opts);
    }
    Invite.stream = stream;
})(Invite || (Invite = {}));
export var JoinRequest;
(function (JoinRequest) {
    let _codec;
    JoinRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.inviter != null && obj.inviter !== '')) {
                    w.uint32(10);
                    w.string(obj.inviter);
                }
                if ((obj.ticket != null && obj.ticket.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.ticket);
                }
                if ((obj.ephemeral != null && obj.ephemeral.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.ephemeral);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(34);
                    w.string(obj.name);
                }
                if ((obj.proof != null && obj.proof.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.proof);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    inviter: '',
                    ticket: uint8ArrayAlloc(0),
                    ephemeral: uint8ArrayAlloc(0),
                    name: '',
                    proof: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.inviter = reader.string();
                            break;
                        }
                        case 2: {
                            obj.ticket = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.ephemeral = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.name = reader.string();
                            break;
                        }
                        case 5: {
                            obj.proof = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.inviter`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.ticket`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.ephemeral`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.proof`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, JoinRequest.codec());
    }
    JoinRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, JoinRequest.codec(), opts);
    }
    JoinRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, JoinRequest.codec(), opts);
    }
    JoinRequest.stream = stream;
})(JoinRequest || (JoinRequest = {}));
export var JoinReply;
(function (JoinReply) {
    let _codec;
    JoinReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.request != null && obj.request.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.request);
                }
                if ((obj.status != null && obj.status !== '')) {
                    w.uint32(18);
                    w.string(obj.status);
                }
                if ((obj.ephemeral != null && obj.ephemeral.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.ephemeral);
                }
                if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.sealed);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    request: uint8ArrayAlloc(0),
                    status: '',
                    ephemeral: uint8ArrayAlloc(0),
                    sealed: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.request = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.status = reader.string();
                            break;
                        }
                        case 3: {
                            obj.ephemeral = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.sealed = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.request`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.ephemeral`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.sealed`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, JoinReply.codec());
    }
    JoinReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, JoinReply.codec(), opts);
    }
    JoinReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, JoinReply.codec(), opts);
    }
    JoinReply.stream = stream;
})(JoinReply || (JoinReply = {}));
export var ReachRequest;
(function (ReachRequest) {
    let _codec;
    ReachRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.ports != null && obj.ports.length > 0) {
                    for (const value of obj.ports) {
                        w.uint32(8);
                        w.uint32(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ports: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.ports != null && obj.ports.length === opts.limits.ports) {
                                throw new MaxLengthError('Decode error - repeated field "ports" had too many elements');
                            }
                            obj.ports.push(reader.uint32());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    ports: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.ports != null && obj.ports === opts.limits.ports) {
                                throw new MaxLengthError('Streaming decode error - repeated field "ports" had too many elements');
                            }
                            yield {
                                field: `${prefix}.ports[]`,
                                index: obj.ports,
                                value: reader.uint32()
                            };
                            obj.ports++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReachRequest.codec());
    }
    ReachRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReachRequest.codec(), opts);
    }
    ReachRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReachRequest.codec(), opts);
    }
    ReachRequest.stream = stream;
})(ReachRequest || (ReachRequest = {}));
export var ReachReply;
(function (ReachReply) {
    let _codec;
    ReachReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== '')) {
                    w.uint32(10);
                    w.string(obj.status);
                }
                if ((obj.ip != null && obj.ip !== '')) {
                    w.uint32(18);
                    w.string(obj.ip);
                }
                if ((obj.port != null && obj.port !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.port);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: '',
                    ip: '',
                    port: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.string();
                            break;
                        }
                        case 2: {
                            obj.ip = reader.string();
                            break;
                        }
                        case 3: {
                            obj.port = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.ip`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.port`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReachReply.codec());
    }
    ReachReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReachReply.codec(), opts);
    }
    ReachReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReachReply.codec(), opts);
    }
    ReachReply.stream = stream;
})(ReachReply || (ReachReply = {}));
export var PunchAddress;
(function (PunchAddress) {
    let _codec;
    PunchAddress.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.ip != null && obj.ip !== '')) {
                    w.uint32(10);
                    w.string(obj.ip);
                }
                if ((obj.port != null && obj.port !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.port);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ip: '',
                    port: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.ip = reader.string();
                            break;
                        }
                        case 2: {
                            obj.port = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.ip`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.port`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PunchAddress.codec());
    }
    PunchAddress.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PunchAddress.codec(), opts);
    }
    PunchAddress.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PunchAddress.codec(), opts);
    }
    PunchAddress.stream = stream;
})(PunchAddress || (PunchAddress = {}));
export var CircuitPeer;
(function (CircuitPeer) {
    let _codec;
    CircuitPeer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.id != null && obj.id.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.id);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    id: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.id = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.id`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CircuitPeer.codec());
    }
    CircuitPeer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CircuitPeer.codec(), opts);
    }
    CircuitPeer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CircuitPeer.codec(), opts);
    }
    CircuitPeer.stream = stream;
})(CircuitPeer || (CircuitPeer = {}));
export var CircuitReservation;
(function (CircuitReservation) {
    let _codec;
    CircuitReservation.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.expire != null && obj.expire !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.expire);
                }
                if (obj.addrs != null && obj.addrs.length > 0) {
                    for (const value of obj.addrs) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    expire: 0,
                    addrs: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.expire = reader.uint64Number();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.addrs != null && obj.addrs.length === opts.limits.addrs) {
                                throw new MaxLengthError('Decode error - repeated field "addrs" had too many elements');
                            }
                            obj.addrs.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addrs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.expire`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.addrs != null && obj.addrs === opts.limits.addrs) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addrs" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addrs[]`,
                                index: obj.addrs,
                                value: reader.bytes()
                            };
                            obj.addrs++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CircuitReservation.codec());
    }
    CircuitReservation.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CircuitReservation.codec(), opts);
    }
    CircuitReservation.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CircuitReservation.codec(), opts);
    }
    CircuitReservation.stream = stream;
})(CircuitReservation || (CircuitReservation = {}));
export var CircuitLimit;
(function (CircuitLimit) {
    let _codec;
    CircuitLimit.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.duration != null) {
                    w.uint32(8);
                    w.uint32(obj.duration);
                }
                if (obj.data != null) {
                    w.uint32(16);
                    w.uint64Number(obj.data);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.duration = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.data = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.duration`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.data`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CircuitLimit.codec());
    }
    CircuitLimit.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CircuitLimit.codec(), opts);
    }
    CircuitLimit.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CircuitLimit.codec(), opts);
    }
    CircuitLimit.stream = stream;
})(CircuitLimit || (CircuitLimit = {}));
export var CircuitHop;
(function (CircuitHop) {
    let _codec;
    CircuitHop.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.type != null) {
                    w.uint32(8);
                    w.uint32(obj.type);
                }
                if (obj.peer != null) {
                    w.uint32(18);
                    CircuitPeer.codec().encode(obj.peer, w);
                }
                if (obj.reservation != null) {
                    w.uint32(26);
                    CircuitReservation.codec().encode(obj.reservation, w);
                }
                if (obj.limit != null) {
                    w.uint32(34);
                    CircuitLimit.codec().encode(obj.limit, w);
                }
                if (obj.status != null) {
                    w.uint32(40);
                    w.uint32(obj.status);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.type = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.peer = CircuitPeer.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.peer
                            });
                            break;
                        }
                        case 3: {
                            obj.reservation = CircuitReservation.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.reservation
                            });
                            break;
                        }
                        case 4: {
                            obj.limit = CircuitLimit.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.limit
                            });
                            break;
                        }
                        case 5: {
                            obj.status = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.type`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield* CircuitPeer.codec().stream(reader, reader.uint32(), `${prefix}.peer`, {
                                limits: opts.limits?.peer
                            });
                            break;
                        }
                        case 3: {
                            yield* CircuitReservation.codec().stream(reader, reader.uint32(), `${prefix}.reservation`, {
                                limits: opts.limits?.reservation
                            });
                            break;
                        }
                        case 4: {
                            yield* CircuitLimit.codec().stream(reader, reader.uint32(), `${prefix}.limit`, {
                                limits: opts.limits?.limit
                            });
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CircuitHop.codec());
    }
    CircuitHop.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CircuitHop.codec(), opts);
    }
    CircuitHop.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CircuitHop.codec(), opts);
    }
    CircuitHop.stream = stream;
})(CircuitHop || (CircuitHop = {}));
export var CircuitStop;
(function (CircuitStop) {
    let _codec;
    CircuitStop.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.type != null) {
                    w.uint32(8);
                    w.uint32(obj.type);
                }
                if (obj.peer != null) {
                    w.uint32(18);
                    CircuitPeer.codec().encode(obj.peer, w);
                }
                if (obj.limit != null) {
                    w.uint32(26);
                    CircuitLimit.codec().encode(obj.limit, w);
                }
                if (obj.status != null) {
                    w.uint32(32);
                    w.uint32(obj.status);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.type = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.peer = CircuitPeer.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.peer
                            });
                            break;
                        }
                        case 3: {
                            obj.limit = CircuitLimit.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.limit
                            });
                            break;
                        }
                        case 4: {
                            obj.status = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.type`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield* CircuitPeer.codec().stream(reader, reader.uint32(), `${prefix}.peer`, {
                                limits: opts.limits?.peer
                            });
                            break;
                        }
                        case 3: {
                            yield* CircuitLimit.codec().stream(reader, reader.uint32(), `${prefix}.limit`, {
                                limits: opts.limits?.limit
                            });
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CircuitStop.codec());
    }
    CircuitStop.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CircuitStop.codec(), opts);
    }
    CircuitStop.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CircuitStop.codec(), opts);
    }
    CircuitStop.stream = stream;
})(CircuitStop || (CircuitStop = {}));
