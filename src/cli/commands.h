/* cli/commands.h - the commands and their options, as `--help`, parsing and the manual see them. */
#pragma once
#include "cli/cli.h"
