# What every target of ours is compiled with.
add_library(antiphon_flags INTERFACE)
target_compile_options(antiphon_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${ANTIPHON_WARNINGS_AS_ERRORS}>:-Werror>)
# g++ 12 warns of impossible sizes when an optimised build joins a literal and a temporary string.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(antiphon_flags INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()
# Files compiled as one see each other's names: what is hidden, or of a namespace without a name, says nothing then. Builds
# file by file look for both.
set(is_unity $<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>)
target_compile_options(antiphon_flags INTERFACE
  $<${is_unity}:-Wno-shadow> $<$<AND:${is_unity},$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)
target_compile_definitions(antiphon_flags INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ALL_NO_LIB)

# antiphon_room(NAME SOURCES... [LINK targets...]): one folder of src/ as an object library.
# LINK names what the room may include: rooms below it, and libraries of others.
function(antiphon_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  add_library(antiphon_${name} OBJECT ${ROOM_UNPARSED_ARGUMENTS})
  target_include_directories(antiphon_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(antiphon_${name} PRIVATE antiphon_flags ${ROOM_LINK})
  set_property(GLOBAL APPEND PROPERTY antiphon_rooms antiphon_${name})
endfunction()

# antiphon_library(NAME): what our installed libraries have in common.
function(antiphon_library name)
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  set_target_properties(${name} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  if(BUILD_SHARED_LIBS)
    set(exports ${PROJECT_SOURCE_DIR}/cmake/exports.map)
    target_link_options(${name} PRIVATE LINKER:--version-script=${exports})
    set_target_properties(${name} PROPERTIES LINK_DEPENDS ${exports})
  endif()
endfunction()

# antiphon_program(NAME): a target whose files may be compiled several at a time.
function(antiphon_program name)
  if(ANTIPHON_UNITY_PROGRAMS)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  endif()
endfunction()

# antiphon_test(NAME LABEL SOURCES... [LINK targets...] [RUNNER program] [SHARDS n]): one test program. It sees the inside
# of the library. The target tests_LABEL builds all programs of a label. RUNNER starts the program: it gets its path.
# SHARDS runs it n times at once, each time with another part of its tests.
function(antiphon_test name label)
  cmake_parse_arguments(TEST "" "RUNNER;SHARDS" "LINK" ${ARGN})
  add_executable(${name} ${TEST_UNPARSED_ARGUMENTS} ${PROJECT_SOURCE_DIR}/tests/support/without_proxies.cpp)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  # The compiler would spend more on making a test fast than the test takes.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0>)
  target_link_libraries(${name} PRIVATE
    antiphon_flags antiphon_inside antiphon_test_places ${TEST_LINK} GTest::gtest_main)
  antiphon_program(${name})
  if(NOT TARGET tests_${label})
    add_custom_target(tests_${label})
  endif()
  add_dependencies(tests_${label} ${name})
  if(NOT TEST_SHARDS)
    add_test(NAME ${name} COMMAND ${TEST_RUNNER} $<TARGET_FILE:${name}>)
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600)
    return()
  endif()
  math(EXPR last "${TEST_SHARDS} - 1")
  foreach(shard RANGE ${last})
    math(EXPR number "${shard} + 1")
    # A name of its own, after which its report is called.
    set(part $<TARGET_FILE_DIR:${name}>/${name}_${number})
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE_NAME:${name}> ${part} VERBATIM)
    add_test(NAME ${name}_${number} COMMAND ${TEST_RUNNER} ${part})
    set_tests_properties(${name}_${number} PROPERTIES LABELS ${label} TIMEOUT 600
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
