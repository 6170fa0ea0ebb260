# What every Wasm target shares.
#
# find_package() would put /usr/include on Emscripten's path and break its libc, so the header-only libraries are
# copied into a folder of their own.
set(private_include ${CMAKE_BINARY_DIR}/include)
foreach(library nlohmann catch2)
  find_path(${library}_root NAMES ${library} PATHS /usr/include /usr/local/include NO_DEFAULT_PATH
            NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  file(COPY ${${library}_root}/${library} DESTINATION ${private_include})
endforeach()
include_directories(SYSTEM ${private_include})

# Compile and link: without RTTI at both, or the first call fails with UnboundTypeError.
set(wasm_release_flags -Oz -flto -fno-rtti -DNDEBUG)
