# Finds the Emscripten toolchain that belongs to the `emcc` on PATH: Debian's, or a newer one put before it.
find_program(PLINTO_EMCC emcc REQUIRED)
file(REAL_PATH ${PLINTO_EMCC} emcc_path)
get_filename_component(emscripten_root ${emcc_path} DIRECTORY)
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
