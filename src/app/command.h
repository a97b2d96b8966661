// SPDX-License-Identifier: Apache-2.0
// Commands of the program: registered where they are written; one table makes the help and reads
// the arguments.
//
// Exit codes: 0 done; 1 refused (the message says why and what to do); 2 the command line is wrong;
// 3 not now (a server holds the database, a peer is away); 70 our own fault.
#ifndef MILLRACE_APP_COMMAND_H
#define MILLRACE_APP_COMMAND_H

#include "base/registry.h"
#include "base/value.h"

typedef struct CommandLine CommandLine;

typedef struct CommandOption {
    const char *name;  // "listen"
    const char *value; // "ADDRESS:PORT"; NULL for a switch
    const char *about;
} CommandOption;

typedef struct Command {
    const char *name;
    const char *about; // one sentence
    // "FILE", "" for none; a last "..." takes any number, a last one in brackets may be left out
    const char *arguments;
    const CommandOption
        *options; // ended by an entry without a name; those of every command come along
    Error *(*run)(Ctx *cx, const CommandLine *line);
} Command;

struct CommandLine {
    const Command *command;
    Value options; // context: name -> text, or true
    const char **arguments;
    size_t argument_count;
};

extern Registry commands;

#define COMMAND(identifier, command_name, sentence, argument_names, option_list)                   \
    static FALLIBLE identifier(Ctx *cx, const CommandLine *line);                                  \
    static const Command command_##identifier = {command_name, sentence, argument_names,           \
                                                 option_list, identifier};                         \
    REGISTER(commands, command_##identifier, command_name, &command_##identifier);                 \
    static FALLIBLE identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] const CommandLine *line)

// NULL or the fallback when the option was not given.
const char *command_option(const CommandLine *line, const char *name, const char *fallback);
bool command_switch(const CommandLine *line, const char *name);
FALLIBLE command_integer(Ctx *cx, const CommandLine *line, const char *name, int64_t fallback,
                         int64_t *out);

// "account/01J9ZK3T8Q2WX": a record as an argument names it; false when the text does not.
bool command_record(Ctx *cx, const char *text, const char **entity, Id *record);

// What the command answers: one line of text, or with --json the value.
__attribute__((format(printf, 4, 5))) void command_say(Ctx *cx, const CommandLine *line, Value json,
                                                       const char *format, ...);
// A problem of a model as one line: "line 12, Check: what is wrong (rule). What to do."
const char *command_problem(Ctx *cx, Value problem);
// A line of progress on standard error, only for people (a terminal, no --json).
__attribute__((format(printf, 2, 3))) void command_progress(const CommandLine *line,
                                                            const char *format, ...);

int command_main(int argc, char **argv);

#endif
