# Compiles text files into a target: what browsers load is a real file in the repository, and the binary needs no folder
# beside it.
if(CMAKE_SCRIPT_MODE_FILE)
  # At build time: `cmake -DHEADER=... -DNAME=... -DOUTPUT=... -DINPUTS=a,b -P embed.cmake`.
  string(REPLACE "," ";" INPUTS "${INPUTS}")
  file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nconst std::string_view ${NAME} = R\"embedded(")
  foreach(input IN LISTS INPUTS)
    file(READ ${input} text)
    file(APPEND ${OUTPUT} "${text}")
  endforeach()
  file(APPEND ${OUTPUT} ")embedded\";\n")
  return()
endif()

set(PLINTO_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

# Defines `name`, which `header` declares as an `extern const std::string_view`: these files, one behind the other.
function(plinto_embed_text target header name)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${identifier}.cpp)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE inputs)
  list(JOIN inputs "," joined)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DNAME=${name} -DOUTPUT=${output} -DINPUTS=${joined}
            -P ${PLINTO_EMBED_SCRIPT}
    DEPENDS ${inputs} ${PLINTO_EMBED_SCRIPT}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

# The files of the emulator's pages. Called for the native library and for the Wasm module.
function(plinto_embed_pages target)
  set(pages cpp/emulator/pages)
  set(header emulator/pages/page_files.h)
  plinto_embed_text(${target} ${header} plinto::polar::emulator::kStyleSheet
                    ${pages}/theme.css ${pages}/style.css ${pages}/narrow.css)
  plinto_embed_text(${target} ${header} plinto::polar::emulator::kCheckoutScript ${pages}/checkout.js)
endfunction()
