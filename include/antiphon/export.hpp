#pragma once

/// Marks what the shared library exports; everything else is hidden.
#define ANTIPHON_EXPORT [[gnu::visibility("default")]]
