# Headers that hardly change, compiled once for all files of a target: reading Asio, the JSON library and Catch2 is most
# of the time that a file takes. The preset "clang" does without, so that a file which lacks an include is found.
#
#   plinto_polar_precompile(target <algorithm> <core/foundation/codec.h>)
#   plinto_polar_precompile(target REUSE_FROM other)                        where both are compiled with the same flags
#
# Name headers in angle brackets: a path of this machine would be part of what ccache looks for.
function(plinto_polar_precompile target)
  if(ARGV1 STREQUAL "REUSE_FROM")
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # ccache asks for it
  else()
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # likewise
  endif()
endfunction()
