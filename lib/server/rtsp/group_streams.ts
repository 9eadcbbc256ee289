import { MulticastSender } from "../../net/multicast_sender.ts";
import type { ServerContext } from "../context.ts";
import { type GroupMember, type GroupSeat, GroupStream } from "./group_stream.ts";
import type { RtpStreamOptions } from "./rtp_stream.ts";
import { MulticastGroups } from "./multicast_groups.ts";

/** What a viewer that takes a seat brings along. */
export interface GroupRequest extends Pick<RtpStreamOptions, "fps"> {
  /** The name of the file. */
  media: string;
  /** The address of this machine that the viewer connected to, which tells the network it is on. */
  localAddress: string;
  /** The file, for the group that is made when there is none; called once at most. */
  holdLease: () => RtpStreamOptions["lease"];
}

/** The multicast streams of a server: one for each file and each network it is watched on. */
export class GroupStreams {
  readonly groups: MulticastGroups;
  /** Each from the moment its sockets are being opened. */
  #streams = new Map<string, Promise<GroupStream>>();

  constructor(readonly context: ServerContext) {
    this.groups = new MulticastGroups(context.options.multicast);
  }

  /**
   * Takes a seat for a viewer.
   * @throws {BindError} when the group cannot be sent to
   */
  async enter(request: GroupRequest, member: GroupMember): Promise<GroupSeat> {
    for (;;) {
      const stream = await this.#streamFor(request);
      // Its last member may have left while we waited.
      if (!stream.closed) return stream.join(member);
    }
  }

  #streamFor(request: GroupRequest): Promise<GroupStream> {
    const key = `${request.localAddress} ${request.media}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = this.#open(request, () => this.#streams.delete(key));
      this.#streams.set(key, stream);
    }
    return stream;
  }

  async #open(request: GroupRequest, onEmpty: () => void): Promise<GroupStream> {
    const { context } = this;
    const { media, localAddress, fps, holdLease } = request;
    const target = this.groups.targetFor(media);
    const lease = holdLease();
    try {
      const sender = await MulticastSender.open(target, localAddress, context.options.udpPorts);
      return new GroupStream({ sender, lease, context, fps, onEmpty });
    } catch (error) {
      lease.release();
      onEmpty();
      throw error;
    }
  }
}
