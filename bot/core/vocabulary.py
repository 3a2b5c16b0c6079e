"""Every command of the chat, once: its name, its help and who reads the words behind it; it must not know of parsing.

`HELP` is the one list of commands: the help card, the manifests of Slack and Teams and the reference are written from
it. A new command is a value in `command`, a reader in `readers` and an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core import listing, readers
from bot.core.command import LIST_STATES
from bot.core.permissions import Action
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.readers import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: how it is called, what it is for, and who reads the words behind its name.

    `same` are other spellings of the name. `also` are words that mean it too, but that people use in ordinary
    sentences as well: they never turn a typed answer into a command. `reads`: it changes nothing, so a small slip in
    its name is forgiven. `needs`: what whoever types it must be allowed to do.
    """

    name: str
    usage: str
    line: str
    example: str
    details: str
    read: Reader
    needs: Action
    same: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    reads: bool = False

    def spellings(self) -> tuple[str, ...]:
        """Everything that calls this command, its name first."""
        return (self.name, *self.same, *self.also)


HELP = (
    Entry(
        "status",
        "status [pilot]",
        "How a pilot stands: readiness, what is missing, who has the ball.",
        "status Invoice matcher",
        "Without a name: the whole portfolio in a few lines. A part of the name is enough.",
        readers.status,
        Action.SEE,
        also=("state", "how", "how's", "hows", "info", "stat", "about"),
        reads=True,
    ),
    Entry(
        "list",
        "list [filter]",
        "Pilots, narrowed by stage, state, group, tag or owner.",
        "list stuck group:Finance",
        f"Stages: {', '.join((*STAGES, *SIDE_STAGES))}. States: {', '.join(LIST_STATES).replace('_', ' ')}. "
        "Also mine, group:…, tag:… and owner:…",
        listing.list_of,
        Action.SEE,
        same=("ls",),
        also=("show", "all", "pilots", "which", "search", "find"),
        reads=True,
    ),
    Entry(
        "todo",
        "todo",
        "What waits for you.",
        "todo",
        "Your open check-ins, questions handed to you and requests for help.",
        readers.todo,
        Action.LOOK,
        same=("to-do", "to do"),
        also=("tasks", "mine", "my tasks", "inbox"),
        reads=True,
    ),
    Entry(
        "history",
        "history <pilot>",
        "What happened to a pilot, newest first.",
        "history Invoice matcher",
        "Check-ins, stages, dates, owners and decisions, with who changed them and when.",
        readers.history,
        Action.SEE,
        also=("log", "past", "timeline"),
        reads=True,
    ),
    Entry(
        "why",
        "why <pilot> [score | gate]",
        "Why a pilot is called what it is called: signals, numbers, formulas.",
        "why Invoice matcher",
        "`why … score` explains its readiness item by item, `why … gate` the smallest set of changes that would pass.",
        readers.why,
        Action.SEE,
        also=("explain", "reason", "reasons"),
        reads=True,
    ),
    Entry(
        "known",
        "known <signal> of <pilot> until <day> because <reason>",
        "A signal is known: it neither counts nor calls until a day.",
        "known P01 of Invoice matcher until 15 March because the tender ends then",
        "For 30 days at most, by its owner, sponsor, decider or the portfolio lead. It stays visible with its reason. "
        "`why` shows the numbers of the signals that are on.",
        readers.known,
        Action.ACKNOWLEDGE,
        same=("acknowledge", "ack"),
        also=("mute",),
    ),
    Entry(
        "checkin",
        "checkin <pilot> [with <questionnaire>]",
        "Answer now instead of waiting for the next check-in.",
        "checkin Invoice matcher with review",
        "Without a questionnaire it is the short check-in. `with review` asks the 12 items that matter most, `review "
        "Invoice matcher in full` all of them; `with value` asks whether it pays once it is live.",
        readers.checkin,
        Action.ASK,
        same=("check-in", "check in"),
        also=("ask", "answer"),
    ),
    Entry(
        "decide",
        "decide <pilot>",
        "Scale, fix, pause, merge or stop a pilot.",
        "decide Invoice matcher",
        "Opens the form for whoever decides about it: its decider, else its sponsor, and a portfolio lead once the "
        "decision is due. It shows what the data suggests and why; nothing is chosen beforehand.",
        readers.decide,
        Action.DECIDE,
        also=("decision", "scale", "kill"),
    ),
    Entry(
        "gate",
        "gate <pilot>",
        "What a pilot's next gate needs, and who has yet to confirm what.",
        "gate Invoice matcher",
        "Shows the smallest set of changes that would pass. From there its people ask and name reviewers, whoever "
        "decides agrees conditions, and a reviewer takes back a confirmation. `why … gate` explains every item.",
        readers.gate,
        Action.SEE,
        also=("gates", "reviewers", "confirm"),
        reads=True,
    ),
    Entry(
        "add",
        "add <name>",
        "Register a pilot.",
        'add "Invoice matcher"',
        "Opens the first questions about it: about four minutes. Many at once: import a CSV file.",
        readers.add,
        Action.REGISTER,
        also=("new", "create", "register"),
    ),
    Entry(
        "pause",
        "pause <pilot> until <day> [because <reason>]",
        "Stop asking about a pilot until a day.",
        "pause Invoice matcher until 15 March because the vendor is late",
        "Days can be written as 2027-03-15, 15.3.2027, 15 March, next monday or in 3 weeks.",
        readers.pause,
        Action.PAUSE,
        also=("hold", "park"),
    ),
    Entry(
        "resume",
        "resume <pilot>",
        "End a pause.",
        "resume Invoice matcher",
        "The pilot goes back to the stage it was in, and its next check-in is planned.",
        readers.resume,
        Action.PAUSE,
        same=("unpause",),
        also=("continue", "restart", "reactivate"),
    ),
    Entry(
        "away",
        "away [person] until <day>",
        "Ask you nothing while you are away.",
        "away until 15 March",
        "The day is the last one away. Your deputy is asked in your place, or what is open waits for you; nothing "
        "counts as missed. `back` ends it early. A portfolio lead can say so for somebody else.",
        readers.away,
        Action.LOOK,
        also=("absent", "vacation", "ooo", "leave", "on vacation", "on holiday", "on leave"),
    ),
    Entry(
        "back",
        "back [person]",
        "You are here again, sooner than you said.",
        "back",
        "What is still open is asked at the next good hour.",
        readers.back,
        Action.LOOK,
        also=("returned", "here"),
    ),
    Entry(
        "delegate",
        "delegate <person> until <day>",
        "Somebody answers in your place for a time.",
        "delegate Anna Berzina until 15 March",
        "Up to and with that day they are asked what you would be, and what is open goes to them now. `back` ends it "
        "early. A portfolio lead can say so for somebody else: `delegate Anna for Bo until 15 March`.",
        readers.delegate,
        Action.LOOK,
        also=("deputise", "deputize", "substitute"),
    ),
    Entry(
        "ask me",
        "ask me [on <weekday>] [at <hour>]",
        "The day and the hour at which you are asked.",
        "ask me on Thursdays at 14:00",
        "In your own time zone, on working days and outside quiet hours. `ask me as usual` goes back to the hour "
        "of everybody.",
        readers.ask_me,
        Action.LOOK,
    ),
    Entry(
        "proof",
        "proof [pilot] [for <item>] [link]",
        "Attach a link as proof to a readiness item.",
        "proof Invoice matcher for live data access https://example.org/report",
        "A claim of level 3 or 4 counts as 2 until a link shows it. What you leave out is asked for.",
        readers.proof,
        Action.PROVE,
        also=("prove", "evidence", "attach"),
    ),
    Entry(
        "users",
        "users <pilot>[: <person>, <person> ...]",
        "Name people who use a pilot; now and then one of them is asked.",
        "users Invoice matcher: Anna Berzina, Bo Ek, Carl Ozols, Dana Liepa, Ella Kalns",
        "From five people on, one is drawn every four weeks and asked one tap. Their answers are shown as counts, from "
        "five answers on, never by name. Naming again replaces those named before; `users …: nobody` ends it.",
        readers.users,
        Action.ASK,
    ),
    Entry(
        "digest",
        "digest [show | quarter | here | unsubscribe] [group=<name>] [stage=<stage>] [tag=<tag>]",
        "The weekly digest: now, or every week in this channel.",
        "digest here group=Finance stage=pilot",
        "`digest` shows it now. In a channel, `digest here` posts it there every week, `digest unsubscribe` ends "
        "that. `digest quarter` is the last quarter in five figures. With a group, a stage or a tag only those pilots "
        "are in it; asking again changes which.",
        listing.digest,
        Action.READ_DIGEST,
        also=("summary", "report"),
        reads=True,
    ),
    Entry(
        "privacy",
        "privacy",
        "What is stored about you, who reads it, and how to get or change it.",
        "privacy",
        "Only you see the answer. For a copy of everything, ask an admin.",
        readers.privacy,
        Action.LOOK,
        also=("gdpr", "my data", "data protection"),
        reads=True,
    ),
    Entry(
        "help",
        "help [command]",
        "What you can ask.",
        "help pause",
        "A command's name explains that command.",
        readers.help_on,
        Action.LOOK,
        also=("commands", "hi", "hello", "usage", "manual"),
        reads=True,
    ),
)

# One word for several: it is read as if the longer form had been typed.
SHORTCUTS = {
    "subscribe": "digest subscribe",
    "unsubscribe": "digest unsubscribe",
    "pulse": "checkin pulse for",
    "review": "checkin review for",
    "stuck": "list stuck",
}
