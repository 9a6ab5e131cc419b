; The installer of Windows, by NSIS. Never run on Windows yet: the script is only known to compile.
;
;     makensis /DVERSION=x.y.z /DPROGRAM=path\pianola.exe /DLICENCES=path\third-party-licences.txt packaging\windows\pianola.nsi
;
; Recordings and settings are in the user's own folders, and stay when the program is removed.
Unicode true
!include "MUI2.nsh"

Name "Pianola ${VERSION}"
OutFile "pianola-${VERSION}-windows-x86_64.exe"
; For this user alone: no administrator is needed.
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Pianola"
InstallDirRegKey HKCU "Software\Pianola" "Folder"
SetCompressor /SOLID lzma

!define MUI_ICON "..\icons\pianola.ico"
!define MUI_UNICON "..\icons\pianola.ico"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!define REMOVE "Software\Microsoft\Windows\CurrentVersion\Uninstall\Pianola"
!define CLASSES "Software\Classes"

Section
  SetOutPath "$INSTDIR"
  File "/oname=pianola.exe" "${PROGRAM}"
  File "/oname=third-party-licences.txt" "${LICENCES}"
  File "..\icons\pianola.ico"
  File "..\..\LICENSE-MIT"
  File "..\..\LICENSE-APACHE"
  File "/oname=fonts-OFL.txt" "..\..\assets\fonts\OFL.txt"
  CreateShortcut "$SMPROGRAMS\Pianola.lnk" "$INSTDIR\pianola.exe" "" "$INSTDIR\pianola.ico"
  WriteRegStr HKCU "${CLASSES}\.pianola" "" "Pianola.Recording"
  WriteRegStr HKCU "${CLASSES}\Pianola.Recording" "" "Pianola recording"
  WriteRegStr HKCU "${CLASSES}\Pianola.Recording\DefaultIcon" "" "$INSTDIR\pianola.ico"
  WriteRegStr HKCU "${CLASSES}\Pianola.Recording\shell\open\command" "" '"$INSTDIR\pianola.exe" --replay "%1"'
  WriteRegStr HKCU "Software\Pianola" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${REMOVE}" "DisplayName" "Pianola"
  WriteRegStr HKCU "${REMOVE}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${REMOVE}" "DisplayIcon" "$INSTDIR\pianola.ico"
  WriteRegStr HKCU "${REMOVE}" "UninstallString" '"$INSTDIR\remove.exe"'
  WriteUninstaller "$INSTDIR\remove.exe"
SectionEnd

Section "Uninstall"
  Delete "$INSTDIR\pianola.exe"
  Delete "$INSTDIR\pianola.ico"
  Delete "$INSTDIR\third-party-licences.txt"
  Delete "$INSTDIR\LICENSE-MIT"
  Delete "$INSTDIR\LICENSE-APACHE"
  Delete "$INSTDIR\fonts-OFL.txt"
  Delete "$INSTDIR\remove.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Pianola.lnk"
  DeleteRegKey HKCU "${CLASSES}\.pianola"
  DeleteRegKey HKCU "${CLASSES}\Pianola.Recording"
  DeleteRegKey HKCU "Software\Pianola"
  DeleteRegKey HKCU "${REMOVE}"
SectionEnd
