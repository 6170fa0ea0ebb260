# Files of a target compiled several at once: what they all include and instantiate (the JSON codec above all) is half of
# a build's time, and is paid once for the files of a group.
#
#   plinto_polar_unity(target)                    where the preset sets PLINTO_POLAR_UNITY
#
# Files that give one name to things of their own, in anonymous namespaces, never share a group. The presets "release"
# and "clang" compile each file alone, so that a file which lacks an include is found.
option(PLINTO_POLAR_UNITY "Compile several files at once" OFF)

set(PLINTO_POLAR_FILES_IN_GROUP 8)

# The names that a file declares at the left margin: at least those that only it sees.
function(plinto_polar_names file result)
  # A bracket would make CMake read several lines as one, and a semicolon one as several.
  file(READ ${file} text)
  string(REGEX REPLACE "[][;]" " " text "${text}")
  string(REGEX MATCHALL "\n(template[^\n]*\n)?[A-Za-z][^\n=({]*[A-Za-z0-9_]+ *[=({]" lines "${text}")
  set(names "")
  foreach(line IN LISTS lines)
    # A member's definition is no name of the file's.
    if(NOT line MATCHES "::~?[A-Za-z0-9_]+ *[=({]$" AND line MATCHES "([A-Za-z0-9_]+) *[=({]$")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
    if(line MATCHES "(struct|class) ([A-Za-z0-9_]+)")
      list(APPEND names ${CMAKE_MATCH_2})
    endif()
  endforeach()
  list(REMOVE_ITEM names namespace static_assert asio TEST_CASE)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

function(plinto_polar_unity target)
  if(NOT PLINTO_POLAR_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/embedded/")
  set(groups 0)
  set(open "")  # those with room for one more
  foreach(source IN LISTS sources)
    get_filename_component(source ${source} ABSOLUTE)
    plinto_polar_names(${source} names)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})  # for a name that is new
    set(chosen 0)
    foreach(group IN LISTS open)
      set(others ${names_${group}})
      list(REMOVE_ITEM others ${names} "")
      if("${others}" STREQUAL "${names_${group}}")
        set(chosen ${group})
        break()
      endif()
    endforeach()
    if(chosen EQUAL 0)
      math(EXPR groups "${groups} + 1")
      set(chosen ${groups})
      set(count_${chosen} 0)
      set(names_${chosen} "")
      list(APPEND open ${chosen})
    endif()
    math(EXPR count_${chosen} "${count_${chosen}} + 1")
    if(count_${chosen} EQUAL PLINTO_POLAR_FILES_IN_GROUP)
      list(REMOVE_ITEM open ${chosen})
    endif()
    list(APPEND names_${chosen} ${names})
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${chosen})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A group is a file that includes its members: what only one of them sees is then said to leave the file.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
