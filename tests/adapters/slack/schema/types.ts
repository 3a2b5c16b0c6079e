// What a message and a modal of ours may be made of. ModalView itself takes any block; here it is held to the known ones.
import type { KnownBlock, ModalView } from "@slack/types";

export interface Message {
  text: string;
  blocks: KnownBlock[];
}

export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[] };

export interface BlockKit {
  message?: Message;
  modal?: Modal;
}
