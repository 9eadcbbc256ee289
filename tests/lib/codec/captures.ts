// Short streams as GStreamer 1.22 packetizes them, whole RTP packets; ffmpeg 5.1 coded them.
// Pictures were given timestamps 3600 ticks apart, which elementary streams do not have.
import type { TrackDescription } from "../../../lib/codec/depacketizer.ts";
import { hex } from "../../support/golden.ts";

/** Packets of one stream. */
export interface Capture {
  track: TrackDescription;
  packets: Uint8Array[];
}

/** X264, 32x32, two groups of two pictures; rtph264pay with mtu=100 and aggregate-mode=max-stap. */
export const H264_CAPTURE: Capture = {
  track: { "encoding": "H264", "clockRate": 90000 },
  packets: [
    hex`
      8060004d6a13797f84389958  # RTP header
      7800166764000aacb212d80880000003008000001907891324000668ebc0492c8b00166764000aac  # STAP-A SPS 22, PPS 6, SPS 22, PPS 6
      b212d80880000003008000001907891324000668ebc0492c8b
    `,
    hex`
      8060004e6a13797f84389958  # RTP header
      7c8588843fd3acd575d5c606034c7607ac9718c3fc8f2f11d5340280b81153257d0ad744d93e9e2d  # FU-A IDR start
      060c5c903b5aeb2faa177eab4fbcc63177025ca6e4562948539de05a462c284afb9aeb1bd43122a0
      10c1836c9fea25ce
    `,
    hex`
      8060004f6a13797f84389958  # RTP header
      7c05fa841e29089ef310a4503e0def0a2d22b97ed87a943d94e65e4c0957200cdd9425e29858baf4  # FU-A IDR
      7e095afd8c16fffdb573ee29febe1eddb8f96ec97c5739cbfd5457a0885b6aff17781b5bdd6dc3f1
      2f6e0c4d94f633e9
    `,
    hex`
      80e000506a13797f84389958  # RTP header, marker
      7c45c4dcb6c0f0443e6ebd248cf22fee648e0141  # FU-A IDR end
    `,
    hex`
      80e000516a13878f84389958  # RTP header, marker
      419a3b1faf80  # slice P 6
    `,
    hex`
      806000526a13959f84389958  # RTP header
      7800166764000aacb212d80880000003008000001907891324000668ebc0492c8b00166764000aac  # STAP-A SPS 22, PPS 6, SPS 22, PPS 6
      b212d80880000003008000001907891324000668ebc0492c8b
    `,
    hex`
      806000536a13959f84389958  # RTP header
      7c8588820fffd3acd575d5c606034c7607ac9718c3fc8f2f11d5340280b81153257d0ad744d93e9e  # FU-A IDR start
      2d060c5c903b5aeb2faa177eab4fbcc63177025ca6e4562948539de05a462c284afb9aeb1bd43122
      a010c1836c9fea25
    `,
    hex`
      806000546a13959f84389958  # RTP header
      7c05cefa841e29089ef310a4503e0def0a2d22b97ed87a943d94e65e4c0957200cdd9425e29858ba  # FU-A IDR
      f47e095afd8c16fffdb573ee29febe1eddb8f96ec97c5739cbfd5457a0885b6aff17781b5bdd6dc3
      f12f6e0c4d94f633
    `,
    hex`
      80e000556a13959f84389958  # RTP header, marker
      7c45e9c4dcb6c0f0443e6ebd248cf22fee648e0141  # FU-A IDR end
    `,
    hex`
      80e000566a13a3af84389958  # RTP header, marker
      419a3b1faf80  # slice P 6
    `,
  ],
};

/** X265, 32x32; rtph265pay with mtu=140 and aggregate-mode=max. */
export const H265_CAPTURE: Capture = {
  track: { "encoding": "H265", "clockRate": 90000 },
  packets: [
    hex`
      80605f07404493a16be8b9c5  # RTP header
      6001001840010c01ffff01600000030090000003000003001e928090002842010101600000030090  # AP VPS 24, SPS 40, PPS 6, VPS 24
      000003000003001ea042085964ab932bc05a02000003000200000300321000064401c171a1120018
      40010c01ffff01600000030090000003000003001e928090
    `,
    hex`
      80605f08404493a16be8b9c5  # RTP header
      6001002842010101600000030090000003000003001ea042085964ab932bc05a0200000300020000  # AP SPS 40, PPS 6
      0300321000064401c171a112
    `,
    hex`
      80605f09404493a16be8b9c5  # RTP header
      620194af0f60d85d098c346bd47e3eb5c374a0e737e5c62f0d1dd5e058d5ab1be7a015b042de5dae  # FU IDR_N_LP start
      f5f6f1830e81037310d1c7323e40ad399bf79cef2f008c49e0ffa6962f8c0a8978a32ef519d6c931
      6b9f13db6d3e026c9e45e0a020b445a349458ce1d4c03c3570ade128cc3dc1b63bbfe17ec5750056
      e937d7b8186e2da4
    `,
    hex`
      80e05f0a404493a16be8b9c5  # RTP header, marker
      620154e56dbd7eb6cdd6c24f94f982ba0dad80252652fd0c30ba6dcc8b82a6821eda0c0dfd349a60  # FU IDR_N_LP end
      e15d8f5de0
    `,
    hex`
      80e05f0b4044a1b16be8b9c5  # RTP header, marker
      0201d0097e10c60930f954  # TRAIL_R 11
    `,
    hex`
      80605f0c4044afc16be8b9c5  # RTP header
      6001001840010c01ffff01600000030090000003000003001e928090002842010101600000030090  # AP VPS 24, SPS 40, PPS 6
      000003000003001ea042085964ab932bc05a02000003000200000300321000064401c171a112
    `,
    hex`
      80605f0d4044afc16be8b9c5  # RTP header
      620195ac08f5c3c8d85d098c346bd47e3eb5c374a0e737e5c62f0d1dd5e058d5ab1be7a015b042de  # FU CRA start
      5daef5f6f1830e81037310d1c7323e40ad399bf79cef2f008c49e0ffa6962f8c0a8978a32ef519d6
      c9316b9f13db6d3e026c9e45e0a020b445a349458ce1d4c03c3570ade128cc3dc1b63bbfe17ec575
      0056e937d7b8186e
    `,
    hex`
      80e05f0e4044afc16be8b9c5  # RTP header, marker
      6201552da4e56dbd7eb6cdd6c24f94f982ba0dad80252652fd0c30ba6dcc8b82a6821eda0c0dfd34  # FU CRA end
      9a60e15d8f5de0
    `,
    hex`
      80e05f0f4044bdd16be8b9c5  # RTP header, marker
      0201d0197e10c60910f954  # TRAIL_R 11
    `,
  ],
};

/** A tone, mono at 8 kHz; rtpmp4gpay with mtu=60, so that frames are cut. */
export const AAC_CAPTURE: Capture = {
  track: {
    "encoding": "MPEG4-GENERIC",
    "clockRate": 8000,
    "channels": 1,
    "fmtp":
      "streamtype=5;profile-level-id=2;mode=AAC-hbr;config=1588;sizelength=13;indexlength=3;indexdeltalength=3",
  },
  packets: [
    hex`
      8061604fb28bbecff5c15599  # RTP header
      00100778de02004c61766335392e33372e313030000238a552d346eeb3f68fb7c495772d12244891  # AU 44 of 239
      24836ada76ada76a
    `,
    hex`
      80616050b28bbecff5c15599  # RTP header
      00100778da76ae33b5719dab699e9db14ed8ac3b56d3b5719dab8ce5594e55b4e55b4d8b138ec4e5  # AU 44 of 239
      5948408408408449
    `,
    hex`
      80616051b28bbecff5c15599  # RTP header
      00100778464a32a8caa5325694d75caeaeedcc0dd8a502503030303031b372cb2cb2cb29b9659659  # AU 44 of 239
      6594dcb2cb2cb2cb
    `,
    hex`
      80616052b28bbecff5c15599  # RTP header
      001007782cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb  # AU 44 of 239
      2cb2cb2cb2cb2cb2
    `,
    hex`
      80616053b28bbecff5c15599  # RTP header
      00100778cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2  # AU 44 of 239
      cb2cb2cb2cb2cb2c
    `,
    hex`
      80e16054b28bbecff5c15599  # RTP header, marker
      00100778b2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cbc  # AU 19 of 239
    `,
    hex`
      80616055b28bc2cff5c15599  # RTP header
      0010070801009cd93d1544ba1944bb1764be7dbe7ffe2ffcff5eb8e35ab91ff4fd3ffc3ff3fc79e3  # AU 44 of 225
      cdea5d67fd3f3ffa
    `,
    hex`
      80616056b28bc2cff5c15599  # RTP header
      001007087ff3f5d71c5f55a93ff4fcffe9ffdfebad71c69749974628f032e8c49c72e8c51e1a666c  # AU 44 of 225
      315cd34cb99733cd
    `,
    hex`
      80616057b28bc2cff5c15599  # RTP header
      0010070834c9668d965f90fd782ec10384a309d673a2aa8c635068e8a23a0dd03a8506e83754f451  # AU 44 of 225
      5852b66c8b7b66cd
    `,
    hex`
      80616058b28bc2cff5c15599  # RTP header
      001007088477d22e11b44b8bec9ec23b366c8afc891c159732ce7623cf39ce752951a94a9e79e79e  # AU 44 of 225
      754ea9d53aa79e79
    `,
    hex`
      80616059b28bc2cff5c15599  # RTP header
      00100708d42752953cf3cf3cea37d1be8a297e752f5a50ec73e36bb06f89dc3f0539d50f3734ea9e  # AU 44 of 225
      7e69f9be4a9c8908
    `,
    hex`
      80e1605ab28bc2cff5c15599  # RTP header, marker
      001007083a3e5b1438  # AU 5 of 225
    `,
  ],
};

/** The same tone; rtpmp4apay with mtu=60. */
export const LATM_CAPTURE: Capture = {
  track: {
    "encoding": "MP4A-LATM",
    "clockRate": 8000,
    "channels": 1,
    "fmtp": "cpresent=0;config=40002b10",
  },
  packets: [
    hex`
      80614c1601d3e17d2922b097  # RTP header
      efde02004c61766335392e33372e313030000238a552d346eeb3f68fb7c495772d1224489124836a  # LATM 48 bytes
      da76ada76ada76ae
    `,
    hex`
      80614c1701d3e17d2922b097  # RTP header
      33b5719dab699e9db14ed8ac3b56d3b5719dab8ce5594e55b4e55b4d8b138ec4e559484084084084  # LATM 48 bytes
      49464a32a8caa532
    `,
    hex`
      80614c1801d3e17d2922b097  # RTP header
      5694d75caeaeedcc0dd8a502503030303031b372cb2cb2cb29b96596596594dcb2cb2cb2cb2cb2cb  # LATM 48 bytes
      2cb2cb2cb2cb2cb2
    `,
    hex`
      80614c1901d3e17d2922b097  # RTP header
      cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb  # LATM 48 bytes
      2cb2cb2cb2cb2cb2
    `,
    hex`
      80e14c1a01d3e17d2922b097  # RTP header, marker
      cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb2cb  # LATM 48 bytes
      2cb2cb2cb2cb2cbc
    `,
    hex`
      80614c1b01d3e57d2922b097  # RTP header
      e101009cd93d1544ba1944bb1764be7dbe7ffe2ffcff5eb8e35ab91ff4fd3ffc3ff3fc79e3cdea5d  # LATM 48 bytes
      67fd3f3ffa7ff3f5
    `,
    hex`
      80614c1c01d3e57d2922b097  # RTP header
      d71c5f55a93ff4fcffe9ffdfebad71c69749974628f032e8c49c72e8c51e1a666c315cd34cb99733  # LATM 48 bytes
      cd34c9668d965f90
    `,
    hex`
      80614c1d01d3e57d2922b097  # RTP header
      fd782ec10384a309d673a2aa8c635068e8a23a0dd03a8506e83754f4515852b66c8b7b66cd8477d2  # LATM 48 bytes
      2e11b44b8bec9ec2
    `,
    hex`
      80614c1e01d3e57d2922b097  # RTP header
      3b366c8afc891c159732ce7623cf39ce752951a94a9e79e79e754ea9d53aa79e79d42752953cf3cf  # LATM 48 bytes
      3cea37d1be8a297e
    `,
    hex`
      80e14c1f01d3e57d2922b097  # RTP header, marker
      752f5a50ec73e36bb06f89dc3f0539d50f3734ea9e7e69f9be4a9c89083a3e5b1438  # LATM 34 bytes
    `,
  ],
};

/** A tone; rtpopuspay. */
export const OPUS_CAPTURE: Capture = {
  track: { "encoding": "OPUS", "clockRate": 48000, "channels": 2 },
  packets: [
    hex`
      80e228afc197c11b69472ae3  # RTP header, marker
      0882e2344545589ab7e08943644a0830e3232010094ece  # SILK mono 20 ms
    `,
    hex`
      806228b0c197c3a369472ae3  # RTP header
      08a340e8033c34a24293eaba80ccc0359cf4094cb4bd19  # SILK mono 20 ms
    `,
    hex`
      806228b1c197c76369472ae3  # RTP header
      089d55f0e45dfbdc527f410b984167d7d9  # SILK mono 20 ms
    `,
    hex`
      806228b2c197cb2369472ae3  # RTP header
      089d5fb07732aa573e0cb447f4d2f0ceaa80  # SILK mono 20 ms
    `,
    hex`
      806228b3c197cee369472ae3  # RTP header
      089d5fb07732aa5c4f92b00f3f6c80  # SILK mono 20 ms
    `,
    hex`
      806228b4c197d2a369472ae3  # RTP header
      08830f990fdd1f21615fc3984a1e1e97cd613a0c4d08  # SILK mono 20 ms
    `,
  ],
};

/** Ffmpeg's mpeg4, 32x32; rtpmp4vpay with mtu=80. */
export const MPEG4_CAPTURE: Capture = {
  track: { "encoding": "MP4V-ES", "clockRate": 90000 },
  packets: [
    hex`
      80637a3acc93df9d3af7aa28  # RTP header
      000001b3001007000001b61063ed935b8757be6aa02404b52814a1aae6ba45422a94089492f38198  # GOV VOP I 68
      988f6284543022189ab14f01d41c42d955b5cb6e790c0a5580c86a39
    `,
    hex`
      80e37a3bcc93df9d3af7aa28  # RTP header, marker
      7804f9173df40a208b8cbb0e0d164e83893a0b0224eaf2a10770176f0000df12918454e11320cf07  # continuation 50
      4300988d2b6c74b04b7f
    `,
    hex`
      80e37a3ccc93edad3af7aa28  # RTP header, marker
      000001b650f1f3bf0000df47a923  # VOP P 14
    `,
    hex`
      80637a3dcc93fbbd3af7aa28  # RTP header
      000001b3001007000001b61163ed935b8757be6aa02404b52814a1aae6ba45422a94089492f38198  # GOV VOP I 68
      988f6284543022189ab14f01d41c42d955b5cb6e790c0a5580c86a39
    `,
    hex`
      80e37a3ecc93fbbd3af7aa28  # RTP header, marker
      7804f9173df40a208b8cbb0e0d164e83893a0b0224eaf2a10770176f0000df12918454e11320cf07  # continuation 50
      4300988d2b6c74b04b7f
    `,
    hex`
      80e37a3fcc9409cd3af7aa28  # RTP header, marker
      000001b651f1f3bf0000df47a923  # VOP P 14
    `,
  ],
};
